import { once } from "node:events";
import type { Writable } from "node:stream";

/** Writes whole lines to a stream, each in one write, and waits while its reader is slow. */
export class LineWriter {
  readonly #stream: Writable;
  #drained: Promise<unknown> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  async line(text: string | Uint8Array): Promise<void> {
    if (this.#stream.destroyed) return;
    if (this.#stream.write(Buffer.concat([Buffer.from(text), NEWLINE]))) return;
    // Everybody who waits shares one listener. A reader that is gone ends the waiting.
    this.#drained ??= Promise.race([once(this.#stream, "drain"), once(this.#stream, "close")])
      .catch(() => {})
      .finally(() => {
        this.#drained = undefined;
      });
    await this.#drained;
  }
}

const NEWLINE = Buffer.from("\n");
