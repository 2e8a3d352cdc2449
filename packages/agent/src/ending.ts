import { setTimeout as sleep } from "node:timers/promises";

/** What an agent does to end, by the pieces that it is made of. */
export interface EndingParts {
  /** Tells that nothing new is taken, and hands back what waits for a slot. */
  stopTaking(): void;
  /** Stops every attempt. */
  abort(): void;
  /** Resolves when no attempt is left. */
  idle(): Promise<void>;
  /** Sends the last frames and closes everything. */
  close(): Promise<void>;
}

/** The two ways in which an agent ends; each is begun once, and stopping cuts draining short. */
export interface Ending {
  drain(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export function createEnding({ stopTaking, abort, idle, close }: EndingParts): Ending {
  let stopped: Promise<void> | undefined;
  let drained: Promise<void> | undefined;

  function stop(): Promise<void> {
    abort();
    stopped ??= idle().then(close);
    return stopped;
  }

  async function drainThenStop(timeoutMs: number): Promise<void> {
    stopTaking();
    const timer = new AbortController();
    const over = sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([idle(), over]);
    timer.abort();
    await stop();
  }

  return {
    stop,
    drain(timeoutMs) {
      drained ??= drainThenStop(timeoutMs);
      return drained;
    },
  };
}
