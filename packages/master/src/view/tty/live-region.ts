import { setTimeout as sleep } from "node:timers/promises";
import { drawFrame, restore } from "./frame.js";
import type { Surface } from "./layout.js";
import { RegionLines } from "./region-lines.js";
import { rowsAbove } from "./rows-above.js";
import type { Terminal } from "./terminal.js";

const FRAME_MS = 100;
/** How often what only time changes is drawn. */
const TICK_MS = 1000;
/** A terminal that has not taken the last frame by then is halted. */
const HALTED_MS = 300;

export interface LiveRegionOptions {
  terminal: Terminal;
  color: boolean;
  /** What is to be seen now; no rows: no region. */
  rows(surface: Surface): readonly string[];
}

/**
 * The rows at the bottom of a terminal that change, below lines that stay. At most ten frames a second; a frame is
 * drawn when the terminal has taken the one before, so a slow or halted terminal loses frames, and lines wait.
 */
export class LiveRegion {
  readonly lines: RegionLines;
  readonly #options: LiveRegionOptions;
  readonly #ticking: NodeJS.Timeout;
  #drawn: readonly string[] = [];
  #frameTimer: NodeJS.Timeout | undefined;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  /** Ends with the frame that the terminal has not taken yet. */
  #writing: Promise<void> | undefined;
  #onTaken = () => {};
  #isDue = false;
  #mustRepaint = false;
  #isClosed = false;
  #isSuspended = false;
  #isLost = false;

  constructor(options: LiveRegionOptions) {
    this.#options = options;
    this.lines = new RegionLines({ color: options.color, onLines: () => this.changed() });
    this.#ticking = setInterval(() => this.changed(), TICK_MS).unref();
    const { stream } = options.terminal;
    stream.on("error", this.#onLost).on("resize", this.#onResize);
    process.on("exit", this.#onExit);
  }

  /** Something that is seen may be different: draws a frame when it is time. */
  changed(): void {
    if (this.#frameTimer || this.#isClosed) return;
    const waitMs = Math.max(0, this.#lastFrameMs + FRAME_MS - performance.now());
    this.#frameTimer = setTimeout(() => this.#draw(), waitMs);
  }

  /** Draws all again at once, since something else may have written to the terminal. */
  repaint(): void {
    this.#mustRepaint = true;
    this.#draw();
  }

  /** Removes the region until `resume`, and waits for that as long as the terminal takes what is written. */
  async suspend(): Promise<void> {
    this.#isSuspended = true;
    const removed = this.#removed();
    await Promise.race([removed, sleep(HALTED_MS, undefined, { ref: false })]);
  }

  /** Draws the region, again or still, below what is there now. */
  resume(): void {
    this.#isSuspended = false;
    this.repaint();
  }

  /** Removes the region when all lines have been taken. */
  async close(): Promise<void> {
    await this.#idle();
    this.#isClosed = true;
    await this.#removed();
    clearInterval(this.#ticking);
    clearTimeout(this.#frameTimer);
    const { stream } = this.#options.terminal;
    stream.off("error", this.#onLost).off("resize", this.#onResize);
    process.off("exit", this.#onExit);
  }

  async #removed(): Promise<void> {
    await this.#idle();
    this.#draw();
    await this.#writing;
  }

  async #idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #draw(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.#isDue = this.#writing !== undefined;
    if (this.#isDue || this.#isLost) return;
    const before = this.#drawn;
    const after = this.#isAway ? [] : this.#options.rows(this.#surface());
    const frame = drawFrame({
      before,
      after,
      lines: this.lines.take(),
      isRepaint: this.#mustRepaint,
      rowsAbove: this.#rowsAbove(),
    });
    this.#mustRepaint = false;
    this.#drawn = after;
    if (frame) this.#write(frame);
  }

  #write(frame: Uint8Array): void {
    this.#lastFrameMs = performance.now();
    this.#writing = new Promise((resolve) => {
      this.#onTaken = resolve;
      this.#options.terminal.stream.write(frame, () => this.#taken());
    });
  }

  #taken(): void {
    this.#writing = undefined;
    this.#onTaken();
    if (this.#isDue) this.changed();
  }

  /** A shell, or what runs in its foreground, has the terminal while this process is in the background. */
  get #isAway(): boolean {
    return this.#isClosed || this.#isSuspended || !this.#options.terminal.isForeground();
  }

  #rowsAbove(): number {
    return rowsAbove(this.#drawn, this.#surface().columns, this.#options.terminal.rewraps);
  }

  #surface(): Surface {
    const { terminal, color } = this.#options;
    const { columns, rows } = terminal.stream;
    return { columns: columns || 80, rows: rows || 24, nowMs: performance.now(), color };
  }

  readonly #onResize = () => this.repaint();

  /** There is nobody to draw for; what the run does about it is not decided here. */
  readonly #onLost = () => {
    this.#isLost = true;
    this.lines.close();
    this.#taken();
  };

  readonly #onExit = () => {
    if (this.#drawn.length > 0) this.#options.terminal.writeNow(restore(this.#rowsAbove()));
  };
}
