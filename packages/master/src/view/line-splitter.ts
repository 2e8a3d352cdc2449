const NEWLINE = 10;
/** A line longer than this is shown in parts, so that memory does not grow with it. */
const LONGEST_LINE_BYTES = 64 * 1024;

/** Cuts the bytes of one stream into lines, without their newlines. */
export class LineSplitter {
  #rest: Uint8Array = new Uint8Array();

  /** The lines that these bytes complete. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield this.#join(bytes.subarray(start, end));
      start = end + 1;
    }
    this.#rest = this.#join(bytes.subarray(start));
    while (this.#rest.length > LONGEST_LINE_BYTES) {
      const cut = characterStart(this.#rest, LONGEST_LINE_BYTES);
      yield this.#rest.subarray(0, cut);
      this.#rest = this.#rest.slice(cut);
    }
  }

  /** The line that has no newline yet, if there is one. */
  *flush(): Generator<Uint8Array> {
    if (this.#rest.length > 0) yield this.#join(new Uint8Array());
  }

  #join(end: Uint8Array): Uint8Array {
    const line = this.#rest.length === 0 ? Uint8Array.from(end) : Buffer.concat([this.#rest, end]);
    this.#rest = new Uint8Array();
    return line;
  }
}

/** The last start of a UTF-8 character at or before `index`; `index` itself where the bytes are no UTF-8. */
function characterStart(bytes: Uint8Array, index: number): number {
  for (let back = 0; back < 4; back++) {
    const byte = bytes[index - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) return index - back;
  }
  return index;
}
