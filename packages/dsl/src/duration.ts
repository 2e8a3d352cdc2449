const UNITS_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Reads a duration: `"90s"`, `"1h30m"`, `"500ms"`, `"1.5h"`; a number is seconds.
 *
 * @returns whole milliseconds, at least 1; or what is wrong, as the rest of a sentence.
 */
export function parseDuration(value: unknown): { ms: number } | { problem: string } {
  if (typeof value === "number") return positive(value * 1000, String(value));
  if (typeof value !== "string")
    return { problem: 'must be a duration such as "90s", or a number of seconds' };
  if (/^\d+(\.\d+)?$/.test(value)) return { problem: `"${value}" has no unit; write "${value}s"` };
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(value))
    return { problem: `"${value}" is not a duration; write it as "90s", "1h30m" or "500ms"` };
  let ms = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    ms += Number(amount) * (UNITS_MS[unit ?? ""] ?? 0);
  }
  return positive(ms, value);
}

function positive(ms: number, written: string): { ms: number } | { problem: string } {
  if (!(ms > 0)) return { problem: `must be longer than zero, got ${written}` };
  if (!Number.isSafeInteger(Math.ceil(ms))) return { problem: `is too long: ${written}` };
  return { ms: Math.max(1, Math.round(ms)) };
}
