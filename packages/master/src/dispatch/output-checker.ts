import { ProtocolError } from "@sloth/protocol";

/** Bytes of each stream, and log frames. */
export interface ReceivedOutput {
  stdoutBytes: number;
  stderrBytes: number;
  logs: number;
}

/** Notices output that is missing, repeated or out of order. */
export class OutputChecker {
  /** Undefined before the first frame of an attempt of which something has arrived elsewhere. */
  #seq: number | undefined = 0;
  #logs = 0;
  readonly #offsets = new Map<string, number>();

  /** @param received - elsewhere, such as by a process that was killed */
  constructor(received?: ReceivedOutput) {
    if (!received) return;
    this.#seq = undefined;
    this.#logs = received.logs;
    this.#offsets.set("stdout", received.stdoutBytes).set("stderr", received.stderrBytes);
  }

  /** The last number that arrived; 0 before the first. */
  get receivedSeq(): number {
    return this.#seq ?? 0;
  }

  /** What has arrived, for a stream that goes on from there. */
  get received(): ReceivedOutput {
    const of = (stream: string) => this.#offsets.get(stream) ?? 0;
    return { stdoutBytes: of("stdout"), stderrBytes: of("stderr"), logs: this.#logs };
  }

  /** @throws {ProtocolError} UNEXPECTED_FRAME when this is not the frame that comes next. */
  log(seq: number): void {
    this.#count(seq);
    this.#logs += 1;
  }

  #count(seq: number): void {
    if (this.#seq !== undefined && seq !== this.#seq + 1) {
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
