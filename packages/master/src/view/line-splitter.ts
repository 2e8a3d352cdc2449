import { incompleteLength } from "../events/incomplete-character.js";

const NEWLINE = 10;
/** A line longer than this is shown in parts, so that memory does not grow with it. */
const LONGEST_LINE_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Cuts the bytes of one stream into lines, without their newlines. */
export class LineSplitter {
  #rest: Buffer = NOTHING;

  /** The lines that these bytes complete; views of `bytes` where possible. */
  push(bytes: Uint8Array): Buffer[] {
    const lines: Buffer[] = [];
    const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : viewOf(bytes);
    let start = 0;
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
      lines.push(text.subarray(start, end));
      start = end + 1;
    }
    while (text.length - start > LONGEST_LINE_BYTES) {
      const part = wholeCharacters(text.subarray(start, start + LONGEST_LINE_BYTES));
      lines.push(part);
      start += part.length;
    }
    this.#rest = start < text.length ? Buffer.from(text.subarray(start)) : NOTHING;
    return lines;
  }

  /** Whether there is a line that has no newline yet. */
  get isWithinLine(): boolean {
    return this.#rest.length > 0;
  }

  /** The line that has no newline yet, if there is one. */
  flush(): Buffer[] {
    const rest = this.#rest;
    this.#rest = NOTHING;
    return rest.length > 0 ? [rest] : [];
  }

  /** As {@link LineSplitter.flush}, without the beginning of a character, which stays. */
  flushCharacters(): Buffer[] {
    const whole = wholeCharacters(this.#rest);
    this.#rest = Buffer.from(this.#rest.subarray(whole.length));
    return whole.length > 0 ? [whole] : [];
  }
}

function wholeCharacters(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - incompleteLength(bytes));
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
