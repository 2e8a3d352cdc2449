import type { Writable } from "node:stream";
import { untilDrained } from "../until-drained.js";

const NEWLINE = 10;

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
    if (lines.length > 0) await this.write(joinLines(prefix, lines));
  }

  /** Whole lines, with their line breaks. */
  async write(lines: Uint8Array): Promise<void> {
    if (this.#stream.destroyed) return;
    if (!this.#stream.write(lines)) await this.#untilDrained();
  }

  /** Everybody who waits shares one listener. */
  #untilDrained(): Promise<void> {
    this.#drained ??= untilDrained(this.#stream).finally(() => {
      this.#drained = undefined;
    });
    return this.#drained;
  }
}

/** Each line with `prefix` in front and a newline. Written for output in megabytes: it makes nothing else. */
export function joinLines(prefix: string, lines: readonly Uint8Array[]): Buffer {
  const front = Buffer.from(prefix);
  let sizeBytes = 0;
  for (const line of lines) sizeBytes += front.length + line.length + 1;
  const joined = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  for (const line of lines) {
    for (let index = 0; index < front.length; index++) joined[at++] = front[index] as number;
    joined.set(line, at);
    at += line.length;
    joined[at++] = NEWLINE;
  }
  return joined;
}
