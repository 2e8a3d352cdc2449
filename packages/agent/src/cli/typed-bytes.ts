import { parseByteSize } from "@sloth/dsl";

/** The size that an option was given, if it was given; a bare number can only mean bytes. */
export function typedBytes(
  parsed: Record<string, unknown>,
  option: string,
): { bytes?: number } | { problem: string } {
  const value = parsed[option];
  if (value === undefined) return {};
  const text = String(value);
  if (/^\d{1,15}$/.test(text)) return { bytes: Number(text) };
  const size = parseByteSize(text);
  return "problem" in size ? { problem: `--${option} ${size.problem}.` } : size;
}
