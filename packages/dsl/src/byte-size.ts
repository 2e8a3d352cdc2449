const UNITS: Record<string, number> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};
/** Of sizes as they are written for a person. */
const WRITTEN_UNITS = ["GiB", "MiB", "KiB"] as const;

const UNIT_BY_LETTERS = new Map(Object.keys(UNITS).map((unit) => [unit.toLowerCase(), unit]));

/**
 * Reads a number of bytes: `"2GiB"`, `"1.5 MB"`, `"512KiB"`, in any case; a number is bytes.
 *
 * @returns whole bytes, at least 1; or what is wrong, as the rest of a sentence.
 */
export function parseByteSize(value: unknown): { bytes: number } | { problem: string } {
  if (typeof value === "number") return positive(value, String(value));
  if (typeof value !== "string") return { problem: 'must be a size such as "2GiB", or a number of bytes' };
  const [, amount, letters] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(value) ?? [];
  if (amount === undefined || letters === undefined)
    return { problem: `"${value}" is not a size; write it as "2GiB", "500MB" or "64KiB"` };
  if (letters === "") return { problem: `"${value}" has no unit; write "${value}B"` };
  const unit = UNIT_BY_LETTERS.get(letters.toLowerCase());
  if (unit === undefined) return { problem: `"${value}" has an unknown unit${suggestion(amount, letters)}` };
  return positive(Number(amount) * (UNITS[unit] ?? 1), value);
}

/** One letter is read as 1000 by some tools and as 1024 by others. */
function suggestion(amount: string, letters: string): string {
  const unit = UNIT_BY_LETTERS.get(`${letters.toLowerCase()}ib`);
  return unit ? `; write "${amount}${unit}"` : ", known are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB";
}

function positive(bytes: number, written: string): { bytes: number } | { problem: string } {
  const whole = Math.floor(bytes);
  if (!(whole >= 1)) return { problem: `must be at least one byte, got ${written}` };
  return Number.isSafeInteger(whole) ? { bytes: whole } : { problem: `is too large: ${written}` };
}

/** Writes a number of bytes so that {@link parseByteSize} reads the same: `512MiB`, `1000B`. */
export function formatByteSize(bytes: number): string {
  const unit = WRITTEN_UNITS.find((name) => bytes > 0 && bytes % (UNITS[name] ?? 1) === 0);
  return unit ? `${bytes / (UNITS[unit] ?? 1)}${unit}` : `${bytes}B`;
}
