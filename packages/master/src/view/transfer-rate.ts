import type { Transferred } from "@sloth/runtime";

/** What is older than some of these counts little. */
const SMOOTHING_MS = 3000;
/** Before that a rate says nothing. */
const LEAST_MS = 1000;
/** Nobody waits for what takes longer. */
const LONGEST_MS = 100 * 60 * 60 * 1000;

/** How far a transfer is, and how fast it has been. */
export interface TransferRate extends Transferred {
  /** Of the last sample, on a monotonic clock. */
  atMs: number;
  /** Since the first sample. */
  ageMs: number;
  /** Of the samples so far, where what was before the first one counts as no bytes. */
  smoothed: number;
}

/**
 * Takes another sample: an exponential moving average over samples that are not evenly apart. How often it is called
 * makes no difference.
 */
export function sampleTransfer(
  before: TransferRate | undefined,
  { doneBytes, totalBytes }: Transferred,
  atMs: number,
): TransferRate {
  if (!before) return { doneBytes, totalBytes, atMs, ageMs: 0, smoothed: 0 };
  const tookMs = Math.max(0, atMs - before.atMs);
  const ageMs = before.ageMs + tookMs;
  const kept = Math.exp(-tookMs / SMOOTHING_MS);
  const moved = Math.max(0, doneBytes - before.doneBytes);
  const smoothed = tookMs > 0 ? kept * before.smoothed + (1 - kept) * (moved / tookMs) : before.smoothed;
  return { doneBytes, totalBytes, atMs, ageMs, smoothed };
}

export interface TransferForecast {
  bytesPerSecond: number;
  /** Absent: nobody knows. */
  leftMs?: number;
}

/** How fast it goes, and how long it takes; undefined before that is known and when nothing is left. */
export function forecastTransfer(transfer: TransferRate, nowMs: number): TransferForecast | undefined {
  // While nothing comes, it gets slower.
  const { ageMs, smoothed } = sampleTransfer(transfer, transfer, nowMs);
  const leftBytes = transfer.totalBytes - transfer.doneBytes;
  if (ageMs < LEAST_MS || leftBytes <= 0) return undefined;
  const bytesPerMs = smoothed / (1 - Math.exp(-ageMs / SMOOTHING_MS));
  const bytesPerSecond = Math.round(bytesPerMs * 1000);
  const leftMs = leftBytes / bytesPerMs;
  return { bytesPerSecond, ...(leftMs < LONGEST_MS && { leftMs }) };
}
