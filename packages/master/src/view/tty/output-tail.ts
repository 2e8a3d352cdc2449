/** Enough for the widest terminal, with colours. */
const KEPT_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/** Remembers the end of what a task prints, cheaply: the line is looked for only when it is shown. */
export class OutputTail {
  #bytes: Buffer = NOTHING;

  push(bytes: Uint8Array): void {
    const fresh = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES));
    const kept = this.#bytes.subarray(Math.max(0, this.#bytes.length + fresh.length - KEPT_BYTES));
    this.#bytes = Buffer.concat([kept, fresh]);
  }

  /** The last line that is not blank, finished or not; what `\r` overwrites counts as a line. */
  lastLine(): string {
    const lines = this.#bytes.toString("utf8").split(/[\r\n]/);
    return lines.findLast((line) => line.trim() !== "") ?? "";
  }
}
