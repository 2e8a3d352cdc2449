import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventQueue } from "./event-queue.js";

/** Takes one chunk; the next one is read when the promise is resolved. */
export type OutputSink = (bytes: Uint8Array) => Promise<void>;

/** How often the wait for the end of the output looks at its clock. */
const TICK_MS = 20;

/** Reads the output of a process from a pipe, no faster than its sink takes it. */
export class OutputStream {
  #source: Socket;
  #isClosed = false;
  /** Resolved when every byte has been taken, or after `abandon`. Never rejects. */
  readonly closed: Promise<void>;

  constructor(readFd: number, sink: OutputSink) {
    this.#source = new Socket({ fd: readFd, readable: true, writable: false });
    this.closed = this.#pump(sink).finally(() => {
      this.#isClosed = true;
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Stops reading; a process that still writes gets SIGPIPE. */
  abandon(): void {
    this.#source.destroy();
  }

  async #pump(sink: OutputSink): Promise<void> {
    try {
      for await (const chunk of this.#source) await sink(chunk);
    } catch {
      // Only `abandon` ends a pipe other than by its end.
    } finally {
      this.#source.destroy();
    }
  }
}

/**
 * Waits until the streams are closed, at most `limitMs`, in which the time that they wait for the consumer
 * of `events` does not count.
 */
export async function drain(streams: OutputStream[], events: EventQueue, limitMs: number): Promise<void> {
  let leftMs = limitMs;
  const closed = Promise.all(streams.map((stream) => stream.closed));
  while (leftMs > 0 && streams.some((stream) => !stream.isClosed)) {
    const tick = new AbortController();
    await Promise.race([closed, sleep(TICK_MS, undefined, { signal: tick.signal }).catch(() => {})]);
    tick.abort();
    if (!events.isFull) leftMs -= TICK_MS;
  }
}
