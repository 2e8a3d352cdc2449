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

/** As it is typed at a command line, where a bare number can only be seconds. As {@link parseDuration} otherwise. */
export function parseTypedDuration(text: string): { ms: number } | { problem: string } {
  return parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
}

const LONGEST_GRACE_MS = 3_600_000;

/** The time between TERM and KILL, as it is typed: unlike other durations it may be nothing. At most an hour. */
export function parseGrace(text: string): { ms: number } | { problem: string } {
  if (/^0+(\.0+)?(ms|s|m|h)?$/.test(text)) return { ms: 0 };
  const grace = parseTypedDuration(text);
  const isLong = "ms" in grace && grace.ms > LONGEST_GRACE_MS;
  return isLong ? { problem: `${text} is longer than an hour` } : grace;
}

function positive(ms: number, written: string): { ms: number } | { problem: string } {
  if (!(ms > 0)) return { problem: `must be longer than zero, got ${written}` };
  if (!Number.isSafeInteger(Math.ceil(ms))) return { problem: `is too long: ${written}` };
  return { ms: Math.max(1, Math.round(ms)) };
}
