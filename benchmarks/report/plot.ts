/** What the page draws; plain data. */
export type Plot = BarPlot | LinePlot;

/** A bar for each contender, with its spread. */
export interface BarPlot {
  kind: "bars";
  title: string;
  unit: string;
  bars: Bar[];
}

export interface Bar {
  label: string;
  median: number;
  min: number;
  max: number;
  isOurs: boolean;
}

/** How something grows; both axes begin at nothing unless x is logarithmic. */
export interface LinePlot {
  kind: "lines";
  title: string;
  xLabel: string;
  unit: string;
  lines: { label: string; points: [x: number, y: number][] }[];
}
