import type { Writable } from "node:stream";
import { untilDrained } from "../until-drained.js";

const NEWLINE = Buffer.from("\n");

/** Takes whole lines, never cut by another writer's. What it gives resolves when more can be taken. */
export interface LineSink {
  /** Whether what it is given may hold colours. */
  readonly color: boolean;
  line(text: string): Promise<void>;
  /** Many lines, each with the same text in front. */
  lines(prefix: string, lines: readonly Uint8Array[]): Promise<void>;
}

/** Writes lines to a stream as they are, and waits while its reader is slow. */
export class LineWriter implements LineSink {
  readonly color: boolean;
  readonly #stream: Writable;
  #drained: Promise<void> | undefined;

  constructor(stream: Writable, { color = false }: { color?: boolean } = {}) {
    this.#stream = stream;
    this.color = color;
  }

  /** Whether nobody reads any more; what is written is dropped then. */
  get closed(): boolean {
    return this.#stream.destroyed;
  }

  line(text: string): Promise<void> {
    return this.lines("", [Buffer.from(text)]);
  }

  /** All in one write. */
  async lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    if (this.#stream.destroyed || lines.length === 0) return;
    const written = this.#stream.write(joinLines(prefix, lines));
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

/** Each line with `prefix` in front and a newline. */
export function joinLines(prefix: string, lines: readonly Uint8Array[]): Buffer {
  const front = Buffer.from(prefix);
  return Buffer.concat(lines.flatMap((line) => [front, line, NEWLINE]));
}
