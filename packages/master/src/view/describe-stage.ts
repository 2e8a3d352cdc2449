import type { ActiveTask } from "./active-tasks.js";
import { formatBytes } from "./format-bytes.js";
import { formatElapsed } from "./format-duration.js";
import { forecastTransfer } from "./transfer-rate.js";

/**
 * What a task does that does not run its command: `queued, place 2`, `waits for attempt 2`, or a transfer, as
 * `sending 120 MB of 340 MB`, `41 MB/s` and `5 s left`. Its parts, the most important first; none while it runs.
 */
export function describeStage({ state, position, attempt, transfer }: ActiveTask, nowMs: number): string[] {
  if (state === "queued") return [`queued, place ${position}`];
  if (state === "retrying") return [`waits for attempt ${attempt}`];
  if (state !== "sending" && state !== "fetching") return [];
  if (!transfer) return [state];
  const { doneBytes, totalBytes } = transfer;
  // Some of it is still on the wire.
  if (doneBytes >= totalBytes) return [`${state} ${formatBytes(totalBytes)}`];
  const forecast = forecastTransfer(transfer, nowMs);
  return [
    `${state} ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
    ...(forecast ? [`${formatBytes(forecast.bytesPerSecond)}/s`] : []),
    ...(forecast?.leftMs !== undefined ? [`${formatElapsed(forecast.leftMs + 999)} left`] : []),
  ];
}
