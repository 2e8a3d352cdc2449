const UNITS = ["kB", "MB", "GB", "TB"];

/** A size for people, in powers of 1000: `7 B`, `1.5 kB`, `12 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes;
  let unit = "";
  for (const next of UNITS) {
    // What would be rounded up to 1000 is one of the next unit.
    if (amount < 999.5) break;
    amount /= 1000;
    unit = next;
  }
  return `${amount < 9.95 ? amount.toFixed(1) : amount.toFixed(0)} ${unit}`;
}
