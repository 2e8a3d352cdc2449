import { isLikelyLong } from "./scan.js";
import { startScanThread } from "./scan-threads.js";

/** Prepares for a snapshot of the workspace at `root`, if that is known to be one that takes long. */
export function warmScanThread(root: string): void {
  if (isLikelyLong(`${root}/.sloth/index`)) startScanThread();
}
