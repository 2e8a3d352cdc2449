import type { PageData } from "../page-data.js";

export type Order = "start" | "duration" | "source";

/** The indexes of the tasks that the filter lets through, in an order. */
export function orderTasks({ tasks }: PageData, matches: readonly boolean[], order: Order): number[] {
  const shown = tasks.flatMap((_, index) => (matches[index] ? index : []));
  if (order === "source") return shown;
  if (order === "duration") return sortBy(shown, (index) => -(tasks[index]?.durationMs ?? 0));
  // What never started comes last.
  return sortBy(shown, (index) => {
    const [first] = tasks[index]?.attempts ?? [];
    const started = first?.segments.find(([stage]) => stage !== "queue") ?? first?.segments[0];
    return started?.[1] ?? Number.MAX_VALUE;
  });
}

/** Those with the same key stay as they are. */
function sortBy(indexes: readonly number[], keyOf: (index: number) => number): number[] {
  const keys = new Map(indexes.map((index) => [index, keyOf(index)]));
  return indexes.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
}
