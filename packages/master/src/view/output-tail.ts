/** As many as a person looks at before opening the log. */
const TAIL_LINES = 20;
/** Of a longer line its beginning is given, in characters. */
const LONGEST_LINE = 1000;
/** Enough for all that is given, in bytes. */
export const KEPT_BYTES = TAIL_LINES * LONGEST_LINE;
/** So many pieces are joined to one, so that many small ones do not weigh more than what is in them. */
const MOST_PIECES = 64;
/** What is left of a character whose start or end is not kept. */
const CUT_START = /^\ufffd{1,3}/;
const CUT_END = /[\ud800-\udbff]$/;

/**
 * Remembers the end of what a task prints, both streams as they came, as its log has them. Cheaply: lines are looked
 * for only when they are asked for.
 */
export class OutputTail {
  #pieces: Buffer[] = [];
  #bytes = 0;

  push(bytes: Uint8Array): void {
    // A copy, so that nothing holds the chunk that it was in.
    const piece = Buffer.from(bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES)));
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#pieces.length > MOST_PIECES) this.#pieces = [this.#joined()];
    for (let first = this.#pieces[0]; first; first = this.#pieces[0]) {
      if (this.#bytes - first.length < KEPT_BYTES) break;
      this.#pieces.shift();
      this.#bytes -= first.length;
    }
  }

  /** The last lines, the last one finished or not. Of what `\r` overwrites, what came last. */
  lastLines(): string[] {
    const bytes = this.#joined();
    const text = bytes.toString("utf8");
    const isCut = bytes.length === KEPT_BYTES;
    const lines = (isCut ? text.replace(CUT_START, "") : text).split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines.slice(-TAIL_LINES).map((line) => seenOf(line).slice(0, LONGEST_LINE).replace(CUT_END, ""));
  }

  /** The last line that is not blank. */
  lastLine(): string {
    return this.lastLines().findLast((line) => line.trim() !== "") ?? "";
  }

  #joined(): Buffer {
    const joined = Buffer.concat(this.#pieces);
    const kept = joined.subarray(Math.max(0, joined.length - KEPT_BYTES));
    this.#pieces = [kept];
    this.#bytes = kept.length;
    return kept;
  }
}

function seenOf(line: string): string {
  return line.split("\r").findLast((part) => part.trim() !== "") ?? "";
}
