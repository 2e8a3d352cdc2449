import type { RunEvent, RunEventSink } from "./run-event.js";

/** Whoever takes the events of a run, each when the one before it has been taken. */
export type RunListener = (event: RunEvent) => void | Promise<void>;

/**
 * The way of the events from the run to those who listen: with their time, in one order for all, each when every
 * listener has taken the one before. The run waits, so the slowest listener slows the tasks and nothing piles up.
 *
 * @param now - milliseconds since 1970
 */
export function eventStream(listeners: readonly RunListener[], now: () => number = Date.now): RunEventSink {
  let last: Promise<void> = Promise.resolve();
  return (happening) => {
    const event: RunEvent = { timeMs: now(), ...happening };
    const told = last.then(async () => {
      for (const listen of listeners) await listen(event);
    });
    last = told.catch(() => {});
    return told;
  };
}
