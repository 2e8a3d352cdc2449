import type { ActiveTask } from "./active-tasks.js";
import { describeStage } from "./describe-stage.js";
import { formatElapsed } from "./format-duration.js";
import type { LineSink } from "./line-writer.js";
import { nameOf } from "./task-name.js";

const MOST_NAMED = 5;

export interface HeartbeatOptions {
  /** How long nothing must have been shown. */
  silenceMs: number;
  /** What goes on now, as a line; nothing where there is nothing to tell. */
  describe(): string | undefined;
  say(line: string): void;
}

/** Says now and then what goes on while nothing else is shown, so that nobody takes silence for the end. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #shownMs = performance.now();
  #timer: NodeJS.Timeout;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = this.#wait(options.silenceMs);
  }

  /** A sink for the same lines that ends the silence with each. */
  watch(sink: LineSink): LineSink {
    const note = () => {
      this.#shownMs = performance.now();
    };
    return {
      color: sink.color,
      line(text) {
        note();
        return sink.line(text);
      },
      lines(prefix, lines) {
        if (lines.length > 0) note();
        return sink.lines(prefix, lines);
      },
    };
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    const { silenceMs, describe, say } = this.#options;
    const leftMs = this.#shownMs + silenceMs - performance.now();
    if (leftMs < 1) {
      this.#shownMs = performance.now();
      const line = describe();
      if (line !== undefined) say(line);
    }
    this.#timer = this.#wait(leftMs < 1 ? silenceMs : leftMs);
  }
}

/** `still running: build@b1 (1:05), test (60 s) and 2 more`; nothing where nothing runs. */
export function describeActive(active: readonly ActiveTask[], nowMs: number): string | undefined {
  if (active.length === 0) return undefined;
  const oldest = active.toSorted((a, b) => a.sinceMs - b.sinceMs).slice(0, MOST_NAMED);
  const more = active.length - oldest.length;
  return `still running: ${oldest.map((task) => describeTask(task, nowMs)).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function describeTask(active: ActiveTask, nowMs: number): string {
  const { task, state, sinceMs, attempt } = active;
  const notes = [
    ...describeStage(active, nowMs),
    ...(state !== "retrying" && attempt > 1 ? [`attempt ${attempt}`] : []),
    formatElapsed(nowMs - sinceMs),
  ];
  return `${nameOf(task)} (${notes.join(", ")})`;
}
