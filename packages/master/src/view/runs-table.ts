import { basename } from "node:path";
import type { RunRecord } from "../run-store/run-record.js";
import { formatDuration } from "./format-duration.js";
import { printableName } from "./printable.js";

/** A table of runs, with a line of titles. */
export function describeRuns(runs: readonly RunRecord[]): string[] {
  return alignColumns([
    ["RUN", "WHEN", "WORKFLOW", "RESULT", "TASKS", "DURATION"],
    ...runs.map((run) => [
      printableName(run.runId),
      formatWhen(run.started),
      printableName(basename(run.file)),
      run.result,
      String(run.tasks.length),
      run.durationMs === undefined ? "-" : formatDuration(run.durationMs),
    ]),
  ]);
}

/** Pads each column to its widest cell; the last one stays as it is. */
export function alignColumns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** `2026-01-31 12:00:05Z` */
export function formatWhen(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")}Z`;
}
