/** The end of a text. */
export interface TailText {
  text: string;
  /** How many bytes before it were left out. */
  cutBytes: number;
}

const SMALLEST_BYTES = 256;
/** A line that is cut at its start is left out if it is no longer than this. */
const LONGEST_PARTIAL_LINE_BYTES = 4096;
const LINE_FEED = 10;

/** Keeps the last bytes of what is pushed. Takes at most twice the limit of memory. */
export class LogTail {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  #totalBytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** How much memory it takes. */
  get heldBytes(): number {
    return this.#buffer.length;
  }

  get endsLine(): boolean {
    return this.#length === 0 || this.#buffer[this.#length - 1] === LINE_FEED;
  }

  push(bytes: Uint8Array): void {
    this.#totalBytes += bytes.length;
    const end = bytes.subarray(Math.max(0, bytes.length - this.limitBytes));
    if (this.#length + end.length > this.#buffer.length) this.#makeRoom(end.length);
    this.#buffer.set(end, this.#length);
    this.#length += end.length;
  }

  /** Lets go of what is not needed for that many last bytes. */
  shrink(keptBytes: number): void {
    const start = Math.max(0, this.#length - keptBytes);
    this.#buffer = Buffer.from(this.#buffer.subarray(start, this.#length));
    this.#length = this.#buffer.length;
  }

  /** From the start of a line, or at least of a character. */
  read(): TailText {
    const kept = this.#buffer.subarray(Math.max(0, this.#length - this.limitBytes), this.#length);
    const whole = kept.length < this.#totalBytes ? kept.subarray(startOfText(kept)) : kept;
    return { text: whole.toString("utf8"), cutBytes: this.#totalBytes - whole.length };
  }

  #makeRoom(needed: number): void {
    const kept = Math.min(this.#length, this.limitBytes);
    const wanted = Math.max(SMALLEST_BYTES, this.#buffer.length * 2, kept + needed);
    const buffer = Buffer.alloc(Math.min(wanted, Math.max(kept + needed, 2 * this.limitBytes)));
    this.#buffer.copy(buffer, 0, this.#length - kept, this.#length);
    this.#buffer = buffer;
    this.#length = kept;
  }
}

function startOfText(bytes: Buffer): number {
  const lineEnd = bytes.subarray(0, LONGEST_PARTIAL_LINE_BYTES).indexOf(LINE_FEED);
  if (lineEnd >= 0) return lineEnd + 1;
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return start;
}
