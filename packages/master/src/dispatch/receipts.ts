/** A part of what an agent holds. */
const ACKNOWLEDGED_AT_ONCE_BYTES = 512 * 1024;

export interface ReceiptsOptions {
  /** Resolves when what was told until now would survive the end of this process. Default: at once. */
  recorded?: (() => Promise<void>) | undefined;
  /** Tells the agent that its master is there, and up to which frame it may forget the output. */
  send(receivedSeq: number): void;
}

/**
 * What the agent may forget of an attempt's output. What it is told that its master has, it forgets; before it is recorded
 * here, it would be lost with this process.
 */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** The last output that whoever listens has taken. */
  #toldSeq = 0;
  /** The last output that survives the end of this process. */
  #recordedSeq = 0;
  #toldBytes = 0;
  #acknowledgedBytes = 0;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Output up to `seq` was taken. The agent, which holds what is not acknowledged, need not wait when there is much of it. */
  noteTold(seq: number, bytes: number): void {
    this.#toldSeq = seq;
    this.#toldBytes += bytes;
    if (this.#toldBytes - this.#acknowledgedBytes >= ACKNOWLEDGED_AT_ONCE_BYTES) void this.renew();
  }

  async renew(): Promise<void> {
    // At once, since a slow disk must not end the lease.
    if (this.#options.recorded) this.#options.send(this.#recordedSeq);
    await this.record();
    this.#options.send(this.#recordedSeq);
  }

  /** Resolves when all that was taken until now is recorded. */
  async record(): Promise<void> {
    const toldSeq = this.#toldSeq;
    this.#acknowledgedBytes = this.#toldBytes;
    await this.#options.recorded?.();
    this.#recordedSeq = toldSeq;
  }
}
