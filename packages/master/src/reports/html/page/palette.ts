import type { PageStatus } from "../page-data.js";

/** The colours of the style sheet, for what is drawn. */
export interface Palette {
  ink: string;
  muted: string;
  line: string;
  stripe: string;
  focus: string;
  queue: string;
  sync: string;
  syncEdge: string;
  return: string;
  returnEdge: string;
  status: Record<PageStatus, { fill: string; edge: string; ink: string }>;
}

const STATUSES = [
  "succeeded",
  "failed",
  "timed-out",
  "lost",
  "cancelled",
  "skipped",
  "running",
  "pending",
] as const;

/** Reads them as they are now: they are others in the dark. */
export function readPalette(): Palette {
  const styles = getComputedStyle(document.documentElement);
  const read = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const ofStatus = (status: PageStatus) => ({
    fill: read(`${status}-fill`),
    edge: read(`${status}-edge`),
    ink: read(`${status}-ink`),
  });
  return {
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    stripe: read("stripe"),
    focus: read("focus"),
    queue: read("queue"),
    sync: read("sync"),
    syncEdge: read("sync-edge"),
    return: read("return"),
    returnEdge: read("return-edge"),
    status: Object.fromEntries(STATUSES.map((status) => [status, ofStatus(status)])) as Palette["status"],
  };
}
