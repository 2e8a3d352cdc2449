import { once } from "node:events";
import { PassThrough } from "node:stream";
import { type ExecuteRequest, ProtocolError } from "@sloth/protocol";

type Frame = NonNullable<ExecuteRequest["frame"]>;
type FrameKind = Frame["$case"];
type FrameOf<K extends FrameKind> = Extract<Frame, { $case: K }>;

/** What may arrive at any time. */
export interface InboxListener {
  /** The master was heard, by any frame. */
  onHeard(): void;
  onCancel(cancel: { reason: string }): void;
  /** The master sent what does not belong here, or its half of the stream ended. */
  onBroken(error: Error): void;
}

/**
 * The frames of one master, in order. `Renew` and `Cancel` reach the listener at once; the others wait, one
 * at a time, until they are asked for. A kind that has not been announced by `expect` breaks the inbox.
 */
export class Inbox {
  readonly #frames = new PassThrough({ objectMode: true, highWaterMark: 1 });
  readonly #iterator = this.#frames[Symbol.asyncIterator]();
  readonly #listener: InboxListener;
  #expected: FrameKind | undefined = "open";

  constructor(requests: AsyncIterable<ExecuteRequest>, listener: InboxListener) {
    this.#listener = listener;
    // Errors are told to the listener; without this the stream would also throw them.
    this.#frames.on("error", () => {});
    this.#pump(requests).catch((error: Error) => this.#break(error));
  }

  /** From now on frames of this kind are welcome, and no others. To be called before the master is told to send them. */
  expect(kind: FrameKind | undefined): void {
    this.#expected = kind;
  }

  /** The next frame, which must be of this kind. Rejects when the inbox broke or was closed. */
  async next<K extends FrameKind>(kind: K): Promise<FrameOf<K>> {
    const { value, done } = await this.#iterator.next();
    if (done || value.$case !== kind) throw unexpected(value?.$case, kind);
    return value;
  }

  /** Makes a waiting `next` reject with `error`. */
  close(error: Error): void {
    this.#frames.destroy(error);
  }

  async #pump(requests: AsyncIterable<ExecuteRequest>): Promise<void> {
    for await (const { frame } of requests) {
      this.#listener.onHeard();
      if (frame?.$case === "renew") continue;
      if (frame?.$case === "cancel") this.#listener.onCancel(frame.cancel);
      else if (!frame || frame.$case !== this.#expected) throw unexpected(frame?.$case, this.#expected);
      else if (!this.#frames.write(frame)) await once(this.#frames, "drain");
    }
    throw new ProtocolError("UNEXPECTED_FRAME", "The master ended its half of the stream.");
  }

  #break(error: Error): void {
    this.#frames.destroy(error);
    this.#listener.onBroken(error);
  }
}

function unexpected(got: string | undefined, wanted: string | undefined): ProtocolError {
  return new ProtocolError(
    "UNEXPECTED_FRAME",
    `The master sent ${got ?? "an unknown frame"} where ${wanted ?? "nothing"} was expected.`,
  );
}
