import type { Table } from "./table.js";

/** What a figure is held against; one of both bounds. */
export interface Target {
  what: string;
  value: number;
  unit: string;
  atMost?: number;
  atLeast?: number;
}

export function isMet({ value, atMost, atLeast }: Target): boolean {
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
}

export function targetsTable(targets: readonly Target[]): Table {
  const rows = targets.map((target) => {
    const { what, value, unit, atMost, atLeast } = target;
    const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    return [
      what,
      `${figure(value)} ${unit}`.trim(),
      `${bound} ${unit}`.trim(),
      isMet(target) ? "met" : "missed",
    ];
  });
  return { title: "Targets", columns: ["figure", "measured", "target", ""], rows };
}

function figure(value: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}
