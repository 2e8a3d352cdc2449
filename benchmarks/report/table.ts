import { type Summary, summarize } from "./statistics.js";

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
}

/** As Markdown, which is also readable on a terminal. */
export function renderTable({ title, columns, rows }: Table): string {
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? "").padEnd(width) : (cells[i] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [`### ${title}`, "", line(columns), rule, ...rows.map(line), ""].join("\n");
}

export function milliseconds(value: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(value < 100 ? 1 : 0);
}

export function spread({ min, max }: Summary): string {
  return `${milliseconds(min)}–${milliseconds(max)}`;
}

export function ratio(value: number, of: number): string {
  return Number.isNaN(value / of) ? "–" : (value / of).toFixed(2);
}

export function mebibytes(sizeBytes: number): string {
  return (sizeBytes / 1024 / 1024).toFixed(0);
}

/** A row for each phase that was reported, with the median over the runs that reported it. */
export function timingsTable(
  title: string,
  timings: readonly (Record<string, number> | undefined)[],
): Table | undefined {
  const known = timings.filter((entry) => entry !== undefined);
  if (known.length === 0) return undefined;
  const phases = [...new Set(known.flatMap((entry) => Object.keys(entry)))];
  const rows = phases.map((phase) => {
    const summary = summarize(known.flatMap((entry) => entry[phase] ?? []));
    return [phase, milliseconds(summary.median), spread(summary)];
  });
  return { title, columns: ["where sloth's time went", "median ms", "min–max"], rows };
}
