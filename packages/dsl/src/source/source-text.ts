/** A file as a person sees it: its lines, and columns in them. Lines end where they do for Lua. */
export class SourceText {
  readonly bytes: Uint8Array;
  readonly #bytes: Buffer;
  /** Of the first byte of each line; found when they are first asked for. */
  #starts: number[] | undefined;
  readonly #lines = new Map<number, Line>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The text of a line, from 1, without its break; undefined where there is no such line. */
  line(number: number): string | undefined {
    return this.#line(number)?.text;
  }

  /** The line, from 1, that a byte is in, and the column in it, from 1, in UTF-16 code units. */
  placeOf(offset: number): { line: number; column: number } {
    const number = this.#lineOf(offset);
    const line = this.#line(number);
    return { line: number, column: (line ? this.#unitsBefore(offset, line) : 0) + 1 };
  }

  /** Counts from the place that was asked for before, since a line can be as long as a file and full of mistakes. */
  #unitsBefore(offset: number, { last }: Line): number {
    const between = this.#bytes.toString(
      "utf8",
      Math.min(offset, last.offset),
      Math.max(offset, last.offset),
    );
    last.units += offset < last.offset ? -between.length : between.length;
    last.offset = offset;
    return last.units;
  }

  #lineOf(offset: number): number {
    const starts = this.#lineStarts();
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #line(number: number): Line | undefined {
    const known = this.#lines.get(number);
    const start = this.#lineStarts()[number - 1];
    if (known || start === undefined) return known;
    let end = this.#lineStarts()[number] ?? this.#bytes.length;
    while (end > start && isBreak(this.#bytes[end - 1])) end--;
    const text = this.#bytes.toString("utf8", start, end);
    const line = { text, last: { offset: start, units: 0 } };
    this.#lines.set(number, line);
    return line;
  }

  #lineStarts(): number[] {
    this.#starts ??= findLineStarts(this.#bytes);
    return this.#starts;
  }
}

interface Line {
  text: string;
  /** How many UTF-16 code units of the line are before an offset. */
  last: { offset: number; units: number };
}

/** `\r\n` and `\n\r` are one break. */
function findLineStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = 0; at < bytes.length; at++) {
    if (!isBreak(bytes[at])) continue;
    if (isBreak(bytes[at + 1]) && bytes[at + 1] !== bytes[at]) at++;
    starts.push(at + 1);
  }
  return starts;
}

function isBreak(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}
