import { ProtocolError } from "@sloth/protocol";

/** Notices output that is missing, repeated or out of order. */
export class OutputChecker {
  #seq = 0;
  #logs = 0;
  readonly #offsets = new Map<string, number>();

  /** The last number that arrived; 0 before the first. */
  get receivedSeq(): number {
    return this.#seq;
  }

  /** What has arrived, for a stream that goes on from there. */
  get received(): { stdoutBytes: number; stderrBytes: number; logs: number } {
    const of = (stream: string) => this.#offsets.get(stream) ?? 0;
    return { stdoutBytes: of("stdout"), stderrBytes: of("stderr"), logs: this.#logs };
  }

  /** @throws {ProtocolError} UNEXPECTED_FRAME when this is not the frame that comes next. */
  log(seq: number): void {
    this.#count(seq);
    this.#logs += 1;
  }

  #count(seq: number): void {
    if (seq !== this.#seq + 1) {
      throw new ProtocolError(
        "UNEXPECTED_FRAME",
        `Output of the task was lost: frame ${seq} came after ${this.#seq}.`,
      );
    }
    this.#seq = seq;
  }

  /** @throws {ProtocolError} UNEXPECTED_FRAME */
  output(frame: { seq: number; offset: number; data: Uint8Array }, stream: string): void {
    this.#count(frame.seq);
    const expected = this.#offsets.get(stream) ?? 0;
    if (frame.offset !== expected) {
      throw new ProtocolError(
        "UNEXPECTED_FRAME",
        `Output of the task was lost: ${stream} goes on at byte ${frame.offset}, not ${expected}.`,
      );
    }
    this.#offsets.set(stream, expected + frame.data.length);
  }
}
