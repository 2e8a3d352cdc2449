import type { Writable } from "node:stream";
import { untilDrained } from "../until-drained.js";

const NEWLINE = Buffer.from("\n");

/** Writes whole lines to a stream, never cut by another writer's, and waits while its reader is slow. */
export class LineWriter {
  readonly #stream: Writable;
  #drained: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Whether nobody reads any more; what is written is dropped then. */
  get closed(): boolean {
    return this.#stream.destroyed;
  }

  line(text: string): Promise<void> {
    return this.lines("", [Buffer.from(text)]);
  }

  /** Many lines, each with the same text in front, in one write. */
  async lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    if (this.#stream.destroyed || lines.length === 0) return;
    const front = Buffer.from(prefix);
    const written = this.#stream.write(Buffer.concat(lines.flatMap((line) => [front, line, NEWLINE])));
    if (!written) await this.#untilDrained();
  }

  /** Everybody who waits shares one listener. */
  #untilDrained(): Promise<void> {
    this.#drained ??= untilDrained(this.#stream).finally(() => {
      this.#drained = undefined;
    });
    return this.#drained;
  }
}
