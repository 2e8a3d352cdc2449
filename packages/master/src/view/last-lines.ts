import type { TaskInfo } from "../events/run-event.js";
import { LineSplitter } from "./line-splitter.js";

/** As many as a person looks at before opening the log. */
const KEPT_LINES = 20;
/** A line in a summary is cut here, in bytes. */
const LONGEST_BYTES = 1000;

/** The last lines that each task has printed, both streams in the order in which they came. */
export class LastLines {
  readonly #tasks = new Map<TaskInfo, { splitters: Record<string, LineSplitter>; lines: Buffer[] }>();

  add(task: TaskInfo, stream: "stdout" | "stderr", bytes: Uint8Array): void {
    const known = this.#tasks.get(task) ?? { splitters: {}, lines: [] };
    this.#tasks.set(task, known);
    const splitter = known.splitters[stream] ?? new LineSplitter();
    known.splitters[stream] = splitter;
    // Of a large chunk only its end can be among the last lines.
    known.lines.push(...splitter.push(bytes).slice(-KEPT_LINES).map(copyStart));
    if (known.lines.length > KEPT_LINES) known.lines.splice(0, known.lines.length - KEPT_LINES);
  }

  /** Gives the lines, and forgets them. */
  take(task: TaskInfo): string[] {
    const known = this.#tasks.get(task);
    if (!known) return [];
    this.#tasks.delete(task);
    const rest = Object.values(known.splitters).flatMap((splitter) => splitter.flush());
    return [...known.lines, ...rest].slice(-KEPT_LINES).map((line) => line.toString("utf8"));
  }
}

/** A copy, so that a line does not hold the chunk that it was in. */
function copyStart(line: Buffer): Buffer {
  return Buffer.from(line.subarray(0, LONGEST_BYTES));
}
