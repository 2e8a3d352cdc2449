import { type FSWatcher, readdirSync, watch } from "node:fs";
import type { Running } from "../../support/processes.js";

/** Something that can be seen of a run from outside, in the order in which it happens. */
export type Mark =
  | "begun"
  | "queued"
  | "syncing"
  | "next-syncing"
  | "started"
  | "printed"
  | "returning"
  | "applying"
  | "applied"
  | "over";

/** A stage of a delegated attempt, from one mark to another. */
export interface Stage {
  name: string;
  from: Mark;
  to: Mark;
  /** How many tasks want the only slot. Default 1. */
  tasks?: number;
}

/** The stages of docs/protocol.md, as far as they can be told apart from outside; `capturing` is the agent's. */
export const STAGES: readonly Stage[] = [
  { name: "opening", from: "begun", to: "syncing" },
  { name: "waiting", from: "queued", to: "next-syncing", tasks: 2 },
  { name: "syncing", from: "syncing", to: "started" },
  { name: "running", from: "started", to: "printed" },
  { name: "capturing", from: "printed", to: "returning" },
  { name: "collecting", from: "returning", to: "applying" },
  { name: "applying", from: "applying", to: "applied" },
  { name: "closing", from: "applied", to: "over" },
];

const SYNC = '"stage":"sync"';

const told: Partial<Record<Mark, RegExp>> = {
  begun: /"type":"run-started"/,
  queued: /"type":"task-queued"/,
  syncing: new RegExp(SYNC),
  "next-syncing": new RegExp(`${SYNC}[^]*${SYNC}`),
  started: /"type":"task-started"/,
  printed: /"text":"[^"]*end\\n/,
  returning: /"stage":"return"/,
};

/** When the marks of one run were seen first, in milliseconds of `performance.now()`. */
export class RunWatch {
  readonly #seen = new Map<Mark, number>();
  readonly #waiting = new Map<Mark, () => void>();
  readonly #journal: FSWatcher;
  readonly #running: Running;

  /**
   * @param running - a run with `--output json`
   * @param journal - the directory in which a commit stands while it is applied
   */
  constructor(running: Running, journal: string) {
    this.#running = running;
    for (const [mark, pattern] of Object.entries(told)) {
      running.until(pattern).then(
        () => this.#see(mark as Mark),
        // It ended before: whoever waits hears of that.
        () => {},
      );
    }
    this.#journal = watch(journal, () => {
      if (readdirSync(journal).length > 0) this.#see("applying");
      else if (this.#seen.has("applying")) this.#see("applied");
    });
    void running.ended.then(() => this.#end());
  }

  /** Resolves when it is seen, or when the run has ended. */
  async until(mark: Mark): Promise<void> {
    if (this.#seen.has(mark) || this.#seen.has("over")) return;
    const seen = new Promise<void>((resolve) => this.#waiting.set(mark, resolve));
    await Promise.race([seen, this.#running.ended]);
  }

  has(mark: Mark): boolean {
    return this.#seen.has(mark);
  }

  /** Between two marks; 0 when one was not seen. */
  between(from: Mark, to: Mark): number {
    return Math.max(0, (this.#seen.get(to) ?? 0) - (this.#seen.get(from) ?? 0));
  }

  #see(mark: Mark): void {
    if (!this.#seen.has(mark)) this.#seen.set(mark, performance.now());
    this.#waiting.get(mark)?.();
  }

  #end(): void {
    this.#journal.close();
    this.#see("over");
  }
}
