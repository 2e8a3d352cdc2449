import { formatLabels } from "../inventory/labels.js";
import type { SurveyedAgent } from "../survey/survey-agent.js";
import { formatBytes } from "./format-bytes.js";
import { printableName } from "./printable.js";
import { cutToWidth, padToWidth, widthOf } from "./tty/terminal-text.js";

const TITLES = ["NAME", "ADDRESS", "STATE", "VERSION", "SLOTS", "QUEUED", "CACHED", "LATENCY", "LABELS"];
/** Which columns are cut where a line is too long, and how short they may become. */
const CUT: readonly [column: number, least: number][] = [
  [1, 16],
  [0, 8],
];
const GAP = "  ";

/**
 * A table of agents, with a line of titles: running attempts and slots as `1/4`. Where a line would be longer than
 * `columns`, labels stand in lines of their own; then addresses and names are cut.
 */
export function describeAgents(agents: readonly SurveyedAgent[], columns: number): string[] {
  const rows = [TITLES, ...agents.map(rowOf)];
  const whole = align(rows);
  if (whole.every((line) => widthOf(line) <= columns)) return whole;
  const [titles = "", ...lines] = align(cut(rows, columns).map((row) => row.slice(0, -1)));
  return [
    titles,
    ...lines.flatMap((line, index) => [line, ...labelLines(rows[index + 1]?.at(-1) ?? "", columns)]),
  ];
}

function rowOf(agent: SurveyedAgent): string[] {
  const {
    name,
    address,
    state,
    version = "-",
    slots,
    running,
    queued,
    cachedBytes,
    latencyMs,
    labels,
  } = agent;
  return [
    name,
    address === name ? "=" : address,
    state,
    version,
    slots === undefined ? "-" : `${running ?? "?"}/${slots}`,
    queued === undefined ? "-" : String(queued),
    cachedBytes === undefined ? "-" : formatBytes(cachedBytes),
    latencyMs === undefined ? "-" : formatLatency(latencyMs),
    formatLabels(labels) || "-",
  ].map(printableName);
}

function formatLatency(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`;
}

function align(rows: readonly string[][]): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => padToWidth(cell, widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function widthsOf(rows: readonly string[][]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));
}

/** Cells that are short enough for the line, as far as that is possible; labels are no part of it. */
function cut(rows: readonly string[][], columns: number): string[][] {
  const widths = widthsOf(rows).slice(0, -1);
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns;
  for (const [column, least] of CUT) {
    const width = widths[column] ?? 0;
    const less = Math.max(0, Math.min(excess, width - least));
    widths[column] = width - less;
    excess -= less;
  }
  return rows.map((row) => row.map((cell, column) => cutToWidth(cell, widths[column] ?? widthOf(cell))));
}

function labelLines(labels: string, columns: number): string[] {
  return labels === "-" ? [] : [`${GAP}${cutToWidth(labels, columns - GAP.length)}`];
}
