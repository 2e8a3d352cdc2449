const UNITS: [suffix: string, sizeMs: number][] = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

/** A duration as a workflow would write it: `1h30m`, `90s` as `1m30s`, `500ms`. */
export function formatDuration(durationMs: number): string {
  let leftMs = Math.round(durationMs);
  let text = "";
  for (const [suffix, sizeMs] of UNITS) {
    const count = Math.floor(leftMs / sizeMs);
    if (count > 0) text += `${count}${suffix}`;
    leftMs -= count * sizeMs;
  }
  return text || "0s";
}
