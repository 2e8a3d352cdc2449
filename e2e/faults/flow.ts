import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Line } from "./line.js";

/** Timers have whole milliseconds; what is due within half of one goes now, so that the error has no bias. */
const EARLY_MS = 0.5;

interface FlowOptions {
  source: Socket;
  sink: Socket;
  line: Line;
  /** When the first bytes enter the line: a real connection would not be open before. */
  openAtMs: number;
}

/**
 * One direction of one connection: a queue of pieces with the times at which they are due. It keeps their order, and
 * stops reading when the sink does not take what is due, when the line is taken, or while it is held; so the queue has
 * at most what the line carries within its delay.
 */
export class Flow {
  readonly #options: FlowOptions;
  readonly #queue: { piece: Buffer | "end"; dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isSinkFull = false;
  #isStopped = false;

  constructor(options: FlowOptions) {
    this.#options = options;
    const { source, sink, line } = options;
    source.on("data", (chunk: Buffer) => this.#receive(chunk));
    source.on("end", () => this.#enqueue("end"));
    sink.on("drain", () => {
      this.#isSinkFull = false;
      this.pump();
    });
    line.add(this);
  }

  /** Hands on what is due, and sees to it that somebody calls again. */
  pump(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    while (this.#mayHandOn()) this.#handOn(this.#queue.shift()?.piece ?? "end");
    this.#options.line.cutIfReached();
    // Looked at once: whoever pauses because the line is taken must also come back for it.
    const takenForMs = this.#options.line.takenForMs();
    this.#regulate(takenForMs);
    this.#callAgain(takenForMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#options.line.remove(this);
  }

  #receive(chunk: Buffer): void {
    const size = this.#options.line.pieceBytes;
    for (let at = 0; at < chunk.length; at += size) this.#enqueue(chunk.subarray(at, at + size));
    this.pump();
  }

  #enqueue(piece: Buffer | "end"): void {
    const { line, openAtMs } = this.#options;
    const dueMs = line.occupy(piece === "end" ? 0 : piece.length);
    this.#queue.push({ piece, dueMs: Math.max(dueMs, openAtMs + line.oneWayDelayMs) });
    if (piece === "end") this.pump();
  }

  #mayHandOn(): boolean {
    const { line } = this.#options;
    if (this.#isSinkFull || line.isHeld || line.bytesUntilCut === 0) return false;
    return this.#headWaitMs() <= EARLY_MS;
  }

  /** Infinity when the queue is empty, negative when the head is late. */
  #headWaitMs(): number {
    const head = this.#queue[0];
    return head === undefined ? Number.POSITIVE_INFINITY : head.dueMs - performance.now();
  }

  #handOn(piece: Buffer | "end"): void {
    const { sink, line } = this.#options;
    if (piece === "end") {
      sink.end();
      return;
    }
    const passing = piece.subarray(0, line.bytesUntilCut);
    line.bytes += passing.length;
    this.#isSinkFull = !sink.write(passing);
  }

  #regulate(takenForMs: number): void {
    const { source, line } = this.#options;
    const isBlocked = this.#isSinkFull && this.#headWaitMs() <= 0;
    if (isBlocked || line.isHeld || takenForMs > 0) source.pause();
    else source.resume();
  }

  /** A full sink calls by `drain`, the end of a stall calls too, and after a cut nobody needs to. */
  #callAgain(takenForMs: number): void {
    const { line } = this.#options;
    if (line.isHeld || line.bytesUntilCut === 0) return;
    const waits = [takenForMs].filter((ms) => ms > 0);
    if (this.#queue.length > 0 && !this.#isSinkFull) waits.push(this.#headWaitMs());
    if (waits.length === 0) return;
    this.#timer = setTimeout(() => this.pump(), Math.max(0, Math.round(Math.min(...waits))));
  }
}
