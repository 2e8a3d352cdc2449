import type { RunEvent } from "../../events/run-event.js";
import type { LineSink } from "../line-writer.js";
import { PlainView, type PlainViewOptions } from "../plain-view.js";
import type { RunView } from "../run-view.js";
import { layout } from "./layout.js";
import { LiveRegion } from "./live-region.js";
import { RunProgress } from "./run-progress.js";
import type { Terminal } from "./terminal.js";

export interface TtyViewOptions extends Omit<PlainViewOptions, "stdout" | "stderr"> {
  terminal: Terminal;
  color: boolean;
  /** For results where they do not go to the same terminal. */
  stdout?: LineSink;
}

/** Renders a run as the plain view does, with what goes on now in a live region below. */
export class TtyView implements RunView {
  readonly #progress = new RunProgress();
  readonly #region: LiveRegion;
  readonly #lines: PlainView;

  constructor({ terminal, color, stdout, ...plain }: TtyViewOptions) {
    this.#region = new LiveRegion({
      terminal,
      color,
      rows: (surface) => (this.#progress.progress ? layout(this.#progress.progress, surface) : []),
    });
    const { lines } = this.#region;
    this.#lines = new PlainView({ ...plain, stdout: stdout ?? lines, stderr: lines });
  }

  async show(event: RunEvent): Promise<void> {
    this.#progress.note(event, performance.now());
    this.#region.changed();
    // The region shows the place in the queue.
    if (event.type !== "task-queued") await this.#lines.show(event);
  }

  say(line: string): void {
    void this.#region.lines.line(line);
    this.#region.repaint();
  }

  suspend(): Promise<void> {
    return this.#region.suspend();
  }

  resume(): void {
    this.#region.resume();
  }

  async close(): Promise<void> {
    await this.#lines.close();
    await this.#region.close();
  }
}
