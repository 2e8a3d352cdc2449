import { PassThrough } from "node:stream";
import type { ExecuteRequest } from "@sloth/protocol";
import { untilDrained } from "../until-drained.js";

type Frame = NonNullable<ExecuteRequest["frame"]>;

/** The master's half of one `Execute` stream. At most 16 frames wait, so a slow link slows the sender. */
export class Outbox {
  readonly #frames = new PassThrough({ objectMode: true, highWaterMark: 16 });

  constructor() {
    // The call's own failure says what happened.
    this.#frames.on("error", () => {});
  }

  /** What the gRPC call reads. */
  get requests(): AsyncIterable<ExecuteRequest> {
    return this.#frames;
  }

  /** Sends a frame; waits while the link is slow. */
  async send(frame: Frame): Promise<void> {
    if (this.#frames.write({ frame })) return;
    await untilDrained(this.#frames);
  }

  /** Sends a frame that must not wait, such as a cancellation. */
  sendNow(frame: Frame): void {
    if (!this.#frames.destroyed && !this.#frames.writableEnded) this.#frames.write({ frame });
  }

  close(): void {
    this.#frames.end();
  }
}
