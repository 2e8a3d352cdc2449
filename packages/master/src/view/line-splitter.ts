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
      const cut = characterStart(text, start + LONGEST_LINE_BYTES);
      lines.push(text.subarray(start, cut));
      start = cut;
    }
    this.#rest = start < text.length ? Buffer.from(text.subarray(start)) : NOTHING;
    return lines;
  }

  /** The line that has no newline yet, if there is one. */
  flush(): Buffer[] {
    const rest = this.#rest;
    this.#rest = NOTHING;
    return rest.length > 0 ? [rest] : [];
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The last start of a UTF-8 character at or before `index`; `index` itself where the bytes are no UTF-8. */
function characterStart(bytes: Uint8Array, index: number): number {
  for (let back = 0; back < 4; back++) {
    const byte = bytes[index - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) return index - back;
  }
  return index;
}
