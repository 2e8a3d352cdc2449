import type { TaskEvent } from "../task-runner.js";

/** Bytes of events that may wait for the consumer before producers have to wait. */
const CAPACITY_BYTES = 256 * 1024;

/** What an event costs beside the bytes it carries. */
const EVENT_BYTES = 128;

interface Waiting {
  event: TaskEvent;
  sizeBytes: number;
  onTaken: (() => void) | undefined;
}

/**
 * The events of one attempt on their way to one consumer, bounded in bytes: a producer waits while it is
 * full, so that a slow consumer slows the task down and nothing is dropped.
 */
export class EventQueue {
  #waiting: Waiting[] = [];
  #sizeBytes = 0;
  #ended = false;
  #failure: unknown;
  #discarding = false;
  #wakeConsumer = () => {};
  #blocked: (() => void)[] = [];

  /** Whether producers wait for the consumer now. */
  get isFull(): boolean {
    return this.#sizeBytes >= CAPACITY_BYTES;
  }

  /** Adds an event as soon as there is room. */
  async push(event: TaskEvent): Promise<void> {
    while (this.isFull && !this.#discarding) {
      await new Promise<void>((resolve) => this.#blocked.push(resolve));
    }
    this.pushNow(event);
  }

  /** Adds an event without waiting, for a producer that is bounded by other means: `onTaken` gives its room back. */
  pushNow(event: TaskEvent, onTaken?: () => void): void {
    if (this.#discarding) {
      onTaken?.();
      return;
    }
    const sizeBytes = eventBytes(event);
    this.#sizeBytes += sizeBytes;
    this.#waiting.push({ event, sizeBytes, onTaken });
    this.#wakeConsumer();
  }

  /** No event follows; the consumer's loop ends, with `failure` if there is one. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wakeConsumer();
  }

  /** Nobody consumes any more: producers never wait again. */
  discard(): void {
    this.#discarding = true;
    while (this.#waiting.length > 0) this.#take();
  }

  /** For one consumer, once. */
  async *events(): AsyncGenerator<TaskEvent, void, undefined> {
    for (;;) {
      const event = this.#take();
      if (event) {
        yield event;
      } else if (this.#ended) {
        if (this.#failure) throw this.#failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeConsumer = resolve;
        });
      }
    }
  }

  #take(): TaskEvent | undefined {
    const next = this.#waiting.shift();
    if (!next) return undefined;
    this.#sizeBytes -= next.sizeBytes;
    next.onTaken?.();
    if (!this.isFull) for (const resume of this.#blocked.splice(0)) resume();
    return next.event;
  }
}

/** Room that an event takes. */
function eventBytes(event: TaskEvent): number {
  if (event.type === "output") return EVENT_BYTES + event.bytes.byteLength;
  if (event.type === "log") return EVENT_BYTES + event.record.message.length;
  return EVENT_BYTES;
}
