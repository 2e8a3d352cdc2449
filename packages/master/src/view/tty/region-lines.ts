import { joinLines, type LineSink } from "../line-writer.js";
import { visibleLine } from "./terminal-text.js";

/** What waits for a frame at most; who brings more waits until it has been taken. */
const WAITING_BYTES = 1024 * 1024;
/** Control characters but tabs and newlines, also those that UTF-8 has as two bytes, in bytes read as Latin-1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]|\u00c2[\u0080-\u009f]/;
const NOTHING = Buffer.alloc(0);

/** The lines that go into the scrollback above the region with its next frame. Nothing in them moves the cursor. */
export class RegionLines implements LineSink {
  readonly color: boolean;
  readonly #onLines: () => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #onTaken: (() => void)[] = [];
  #isClosed = false;

  /** @param onLines - called when there are lines to take */
  constructor({ color, onLines }: { color: boolean; onLines: () => void }) {
    this.color = color;
    this.#onLines = onLines;
  }

  line(text: string): Promise<void> {
    return this.lines("", [Buffer.from(text)]);
  }

  async lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    if (this.#isClosed || lines.length === 0) return;
    const bytes = joinLines(prefix, lines.map(cleaned));
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#onLines();
    if (this.#waitingBytes >= WAITING_BYTES)
      await new Promise<void>((resolve) => this.#onTaken.push(resolve));
  }

  /** All lines that wait. */
  take(): Uint8Array {
    if (this.#waiting.length === 0) return NOTHING;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const resolve of this.#onTaken.splice(0)) resolve();
    return bytes;
  }

  /** Drops what waits and all that comes. */
  close(): void {
    this.#isClosed = true;
    this.take();
  }
}

function cleaned(line: Uint8Array): Uint8Array {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
  return CONTROL.test(bytes.toString("latin1")) ? Buffer.from(visibleLine(bytes.toString("utf8"))) : line;
}
