import { performance } from "node:perf_hooks";

/** What a token bucket lets pass at once after idleness, in milliseconds of its rate. */
const BUCKET_MS = 10;
const SMALLEST_PIECE_BYTES = 1024;

/**
 * Between the last bytes and the reset. When libuv finds both at once it reports an end instead of the reset
 * (`UV_HANDLE_READ_PARTIAL` in uv__stream_io), and a proxy should break a connection in the same way each time.
 */
const CUT_LINGER_MS = 10;

/**
 * One direction of the wire, shared by all connections: how late and how fast it delivers, whether it is held, and
 * after how many bytes it breaks. It only computes; the flows move the bytes.
 */
export class Line {
  readonly #flows = new Set<{ pump(): void }>();
  readonly #reset: () => void;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #idleFromMs = 0;
  #isHeld = false;
  #cut: { atBytes: number; isReached: boolean; happened: () => void } | undefined;
  oneWayDelayMs = 0;
  /** Handed on, over all connections. */
  bytes = 0;

  constructor(reset: () => void) {
    this.#reset = reset;
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** Infinity is no limit. */
  set bytesPerSecond(rate: number) {
    this.#bytesPerSecond = rate;
    this.#idleFromMs = 0;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    for (const flow of this.#flows) flow.pump();
  }

  /** Bytes that may be one piece, so that a slow line trickles rather than lumps. */
  get pieceBytes(): number {
    return Math.max(SMALLEST_PIECE_BYTES, Math.floor((this.#bytesPerSecond * BUCKET_MS) / 1000));
  }

  /** Takes the time on the wire for bytes that enter now; gives when they arrive. */
  occupy(sizeBytes: number): number {
    const nowMs = performance.now();
    const startMs = Math.max(this.#idleFromMs, nowMs - BUCKET_MS);
    this.#idleFromMs = startMs + (sizeBytes * 1000) / this.#bytesPerSecond;
    return Math.max(nowMs, this.#idleFromMs) + this.oneWayDelayMs;
  }

  /** For how long no more should be read, because the wire is taken. */
  takenForMs(): number {
    return Math.max(0, this.#idleFromMs - performance.now());
  }

  /** How many more bytes may pass before the cut. */
  get bytesUntilCut(): number {
    return this.#cut === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#cut.atBytes - this.bytes);
  }

  cutAt(atBytes: number): Promise<void> {
    return new Promise((happened) => {
      this.#cut = { atBytes, isReached: false, happened };
      this.cutIfReached();
    });
  }

  cutIfReached(): void {
    const cut = this.#cut;
    if (cut === undefined || cut.isReached || this.bytesUntilCut > 0) return;
    cut.isReached = true;
    setTimeout(() => {
      this.#reset();
      this.#cut = undefined;
      cut.happened();
    }, CUT_LINGER_MS);
  }

  add(flow: { pump(): void }): void {
    this.#flows.add(flow);
  }

  remove(flow: { pump(): void }): void {
    this.#flows.delete(flow);
  }
}
