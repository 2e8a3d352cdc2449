import type { PageStage, PageStatus } from "../page-data.js";

/** Said with a mark besides its colour, so that nobody needs to see the colour. */
export const MARKS: Record<PageStatus, string> = {
  succeeded: "✓",
  failed: "✗",
  "timed-out": "◔",
  lost: "?",
  cancelled: "■",
  skipped: "–",
  running: "…",
  pending: "·",
};

export const STAGES: Record<PageStage, string> = {
  queue: "waited for room",
  sync: "sent the workspace",
  run: "ran",
  return: "brought changes back",
};

/** `timed-out` as people write it. */
export function wordFor(status: PageStatus): string {
  return status.replace("-", " ");
}
