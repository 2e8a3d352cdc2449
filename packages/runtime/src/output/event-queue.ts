import type { TaskEvent } from "../task-runner.js";

/** Bytes of events that may wait for the consumer before producers have to wait. */
const CAPACITY_BYTES = 256 * 1024;

/** What an event costs beside the bytes it carries. */
const EVENT_BYTES = 128;

/**
 * What is printed so soon after what was taken last is gathered until then, up to {@link ENOUGH_BYTES}: a program that prints
 * much is read in pieces of 4 KiB, each of which would make the whole way to where it is shown.
 */
const GATHER_MS = 2;
const ENOUGH_BYTES = 64 * 1024;

interface Waiting {
  event: TaskEvent;
  /** Of output, all of its bytes; those of the event are the first ones. */
  pieces: Uint8Array[];
  sizeBytes: number;
  onTaken: (() => void)[];
}

/**
 * The events of one attempt on their way to one consumer, bounded in bytes: a producer waits while it is
 * full, so that a slow consumer slows the task down and nothing is dropped. Output of one stream that waits together is
 * given as one event.
 */
export class EventQueue {
  #waiting: Waiting[] = [];
  #sizeBytes = 0;
  #ended = false;
  #failure: unknown;
  #discarding = false;
  #wakeConsumer = () => {};
  /** When output was taken last, on the monotonic clock. */
  #takenAtMs = Number.NEGATIVE_INFINITY;
  /** Whether the consumer will look again by itself. */
  #isGathering = false;
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
    const last = this.#waiting.at(-1);
    if (last && isJoinable(last, event)) {
      last.pieces.push(event.bytes);
      last.sizeBytes += sizeBytes;
      if (onTaken) last.onTaken.push(onTaken);
    } else {
      const pieces = event.type === "output" ? [event.bytes] : [];
      this.#waiting.push({ event, pieces, sizeBytes, onTaken: onTaken ? [onTaken] : [] });
    }
    if (!this.#isGathering || this.#gatherMs() === 0) this.#wakeConsumer();
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
      const gatherMs = this.#gatherMs();
      const event = gatherMs > 0 ? undefined : this.#take();
      if (event) {
        yield event;
      } else if (this.#ended && gatherMs === 0) {
        if (this.#failure) throw this.#failure;
        return;
      } else await this.#untilWoken(gatherMs);
    }
  }

  async #untilWoken(atMostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.#isGathering = atMostMs > 0;
    await new Promise<void>((resolve) => {
      this.#wakeConsumer = resolve;
      if (atMostMs > 0) timer = setTimeout(resolve, atMostMs);
    });
    clearTimeout(timer);
    this.#isGathering = false;
  }

  /** How long what waits may still wait for more of its kind; 0: not at all. */
  #gatherMs(): number {
    const [first] = this.#waiting;
    if (first?.event.type !== "output" || this.#waiting.length > 1 || this.#ended) return 0;
    if (first.sizeBytes >= ENOUGH_BYTES) return 0;
    return Math.max(0, this.#takenAtMs + GATHER_MS - performance.now());
  }

  #take(): TaskEvent | undefined {
    const next = this.#waiting.shift();
    if (!next) return undefined;
    this.#sizeBytes -= next.sizeBytes;
    for (const onTaken of next.onTaken) onTaken();
    if (!this.isFull) for (const resume of this.#blocked.splice(0)) resume();
    if (next.event.type !== "output") return next.event;
    this.#takenAtMs = performance.now();
    return next.pieces.length === 1 ? next.event : { ...next.event, bytes: Buffer.concat(next.pieces) };
  }
}

function isJoinable(
  { event, sizeBytes }: Waiting,
  next: TaskEvent,
): next is Extract<TaskEvent, { type: "output" }> {
  const isSame = event.type === "output" && next.type === "output" && event.stream === next.stream;
  return isSame && sizeBytes + next.bytes.length <= ENOUGH_BYTES;
}

/** Room that an event takes. */
function eventBytes(event: TaskEvent): number {
  if (event.type === "output") return EVENT_BYTES + event.bytes.byteLength;
  if (event.type === "log") return EVENT_BYTES + event.record.message.length;
  return EVENT_BYTES;
}
