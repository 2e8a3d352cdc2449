import type { BarPlot } from "./plot.js";
import { type Summary, summarize } from "./statistics.js";
import { milliseconds, ratio, spread, type Table } from "./table.js";

/** One figure of several contenders, less being better. */
export interface Comparison {
  table: Table;
  plot: BarPlot;
  summaryOf(contender: string): Summary;
  /** The median of ours by that of another. */
  ratioTo(contender: string): number;
}

/** @param values - by contender, in the order in which they are shown; the first one is ours */
export function compare(
  title: string,
  values: ReadonlyMap<string, readonly number[]>,
  unit = "ms",
): Comparison {
  const summaries = new Map([...values].map(([name, numbers]) => [name, summarize(numbers)]));
  const summaryOf = (name: string) => summaries.get(name) ?? summarize([]);
  const [ours = ""] = values.keys();
  const ratioTo = (name: string) => summaryOf(ours).median / summaryOf(name).median;
  const rows = [...summaries].map(([name, summary]) => [
    name,
    milliseconds(summary.median),
    spread(summary),
    String(summary.runs),
    name === ours ? "" : ratio(summaryOf(ours).median, summary.median),
  ]);
  const bars = [...summaries].map(([label, { median, min, max }]) => ({
    label,
    ...{ median, min, max },
    isOurs: label.startsWith("sloth"),
  }));
  return {
    table: { title, columns: ["contender", `median ${unit}`, "min–max", "runs", "sloth ÷ this"], rows },
    plot: { kind: "bars", title, unit, bars },
    summaryOf,
    ratioTo,
  };
}

/** Adds one value to what is known of a contender. */
export function note<K>(values: Map<K, number[]>, contender: K, value: number): void {
  const known = values.get(contender);
  if (known) known.push(value);
  else values.set(contender, [value]);
}
