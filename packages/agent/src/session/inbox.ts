import { type ExecuteRequest, ProtocolError } from "@sloth/protocol";
import { type Resolvers, withResolvers } from "./with-resolvers.js";

type Frame = NonNullable<ExecuteRequest["frame"]>;
type FrameKind = Frame["$case"];
type FrameOf<K extends FrameKind> = Extract<Frame, { $case: K }>;

/** What may arrive at any time. */
export interface InboxListener {
  /** The master was heard, by any frame. */
  onHeard(): void;
  onCancel(cancel: { reason: string; abandon: boolean }): void;
  onAcknowledged(seq: number): void;
  /** The master sent what does not belong here. */
  onBroken(error: ProtocolError): void;
  /** The stream that it listened to is over. */
  onSilent(): void;
}

/**
 * The frames of one master, in order, of one stream after another. `Renew` and `Cancel` reach the listener at once; the
 * others wait, one at a time, until they are asked for. A kind that has not been announced by `expect` breaks the inbox.
 */
export class Inbox {
  readonly #listener: InboxListener;
  #expected: FrameKind | undefined;
  #isPatient = false;
  #arrived: { frame: Frame; taken: Resolvers<void> } | undefined;
  #arrival = withResolvers<void>();

  /** The stream that is listened to. */
  #stream: object | undefined;

  constructor(listener: InboxListener) {
    this.#listener = listener;
  }

  /** Listens to a stream, and to none before it any more. */
  listen(requests: AsyncIterable<ExecuteRequest>): void {
    const stream = {};
    this.#stream = stream;
    // Who waits hears of it by the signal that the listener aborts.
    this.#pump(requests, stream).then(
      () => this.#isCurrent(stream) && this.#listener.onSilent(),
      (error: Error) => {
        if (!this.#isCurrent(stream)) return;
        if (error instanceof ProtocolError) this.#listener.onBroken(error);
        else this.#listener.onSilent();
      },
    );
  }

  /** From now on frames of this kind are welcome, and no others. To be called before the master is told to send them. */
  expect(kind: FrameKind | undefined): void {
    this.#expected = kind;
  }

  /** As `expect`, but frames of other kinds are dropped: they may be on their way. */
  expectAfterAll(kind: FrameKind): void {
    this.#expected = kind;
    this.#isPatient = true;
    if (this.#arrived !== undefined && this.#arrived.frame.$case !== kind) this.#take();
  }

  /** The next frame, which must be of this kind. Rejects with the signal's reason when it is aborted. */
  async next<K extends FrameKind>(kind: K, signal: AbortSignal): Promise<FrameOf<K>> {
    while (this.#arrived === undefined) await untilAborted(this.#arrival.promise, signal);
    signal.throwIfAborted();
    const frame = this.#take();
    if (frame?.$case !== kind) throw unexpected(frame?.$case, kind);
    return frame as FrameOf<K>;
  }

  /** Nobody waits any more: what still comes is dropped. */
  close(): void {
    this.#stream = undefined;
    this.#expected = undefined;
    this.#isPatient = true;
    this.#take();
  }

  #take(): Frame | undefined {
    const arrived = this.#arrived;
    this.#arrived = undefined;
    arrived?.taken.resolve();
    return arrived?.frame;
  }

  #isCurrent(stream: object): boolean {
    return this.#stream === stream;
  }

  async #pump(requests: AsyncIterable<ExecuteRequest>, stream: object): Promise<void> {
    for await (const { frame } of requests) {
      if (!this.#isCurrent(stream)) return;
      this.#listener.onHeard();
      if (frame?.$case === "renew") this.#listener.onAcknowledged(frame.renew.receivedSeq);
      else if (frame?.$case === "cancel") this.#listener.onCancel(frame.cancel);
      else if (frame && frame.$case === this.#expected) await this.#deliver(frame);
      else if (!frame || !this.#isPatient) throw unexpected(frame?.$case, this.#expected);
    }
  }

  /** Waits until it is taken, so that a master that sends faster is slowed down. */
  async #deliver(frame: Frame): Promise<void> {
    const taken = withResolvers<void>();
    this.#arrived = { frame, taken };
    this.#arrival.resolve();
    this.#arrival = withResolvers<void>();
    await taken.promise;
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function unexpected(got: string | undefined, wanted: string | undefined): ProtocolError {
  return new ProtocolError(
    "UNEXPECTED_FRAME",
    `The master sent ${got ?? "an unknown frame"} where ${wanted ?? "nothing"} was expected.`,
  );
}
