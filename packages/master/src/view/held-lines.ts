import type { FileHandle } from "node:fs/promises";
import type { TaskInfo } from "../events/run-event.js";
import { joinLines, type LineSink } from "./line-writer.js";
import type { LinesOfTasks } from "./lines-of-tasks.js";
import type { Outlet } from "./outlet.js";
import { type HeldPiece, SpillFile } from "./spill-file.js";

/** Of all tasks together. */
const MEMORY_BYTES = 16 * 1024 * 1024;
/** What each piece takes up beside its bytes. */
const PIECE_BYTES = 256;
const NEWLINE = 10;

export interface HeldLinesOptions {
  outlet: Outlet;
  /** A file for what is too much for the memory. Absent, or where it fails: that is shown at once. */
  openFile?: (() => Promise<FileHandle>) | undefined;
  /** What stands around the lines of a task. */
  frame?: TaskFrame | undefined;
  memoryBytes?: number | undefined;
}

export interface TaskFrame {
  open(task: TaskInfo): Promise<void>;
  close(task: TaskInfo): Promise<void>;
}

interface Held {
  pieces: HeldPiece[];
  bytes: number;
  file?: SpillFile;
}

/**
 * Holds the lines of each task and shows them together at its end. When the memory for them is used up, the task that
 * holds most goes to a file; no line is lost and none changes its place within its task.
 */
export class HeldLines implements LinesOfTasks {
  readonly #options: HeldLinesOptions;
  readonly #held = new Map<TaskInfo, Held>();
  #bytes = 0;
  #hasFiles: boolean;

  constructor(options: HeldLinesOptions) {
    this.#options = options;
    this.#hasFiles = options.openFile !== undefined;
  }

  of(task: TaskInfo): Outlet {
    return { stdout: this.#sink(task, "stdout"), stderr: this.#sink(task, "stderr") };
  }

  async end(task: TaskInfo): Promise<void> {
    const held = this.#held.get(task);
    if (!held) return;
    this.#held.delete(task);
    await this.#show(task, held);
  }

  async endAll(): Promise<void> {
    for (const task of [...this.#held.keys()]) await this.end(task);
  }

  #sink(task: TaskInfo, stream: HeldPiece["stream"]): LineSink {
    const hold = (prefix: string, lines: readonly Uint8Array[]) =>
      this.#hold(task, stream, { prefix, lines });
    return {
      color: this.#options.outlet[stream].color,
      line: (text) => hold("", [Buffer.from(text)]),
      lines: hold,
    };
  }

  async #hold(
    task: TaskInfo,
    stream: HeldPiece["stream"],
    { prefix, lines }: { prefix: string; lines: readonly Uint8Array[] },
  ): Promise<void> {
    if (lines.length === 0) return;
    const held = this.#held.get(task) ?? { pieces: [], bytes: 0 };
    this.#held.set(task, held);
    // A copy, so that it does not hold the chunk that they were in.
    const bytes = joinLines(prefix, lines);
    held.pieces.push({ stream, bytes });
    held.bytes += bytes.length + PIECE_BYTES;
    this.#bytes += bytes.length + PIECE_BYTES;
    const { memoryBytes = MEMORY_BYTES } = this.#options;
    while (this.#bytes > memoryBytes) await this.#makeRoom();
  }

  /** Of the task that holds most. */
  async #makeRoom(): Promise<void> {
    const [task, held] = [...this.#held].reduce((most, next) =>
      next[1].bytes > most[1].bytes ? next : most,
    );
    if (!(await this.#moveToFile(held))) return this.end(task);
    this.#forget(held);
  }

  async #moveToFile(held: Held): Promise<boolean> {
    const { openFile } = this.#options;
    if (!openFile || !this.#hasFiles) return false;
    try {
      held.file ??= new SpillFile(await openFile());
      await held.file.append(held.pieces);
      return true;
    } catch {
      // The disk is full, or the directory cannot be written: to show lines too early is better than to lose them.
      this.#hasFiles = false;
      return false;
    }
  }

  #forget(held: Held): void {
    this.#bytes -= held.bytes;
    held.pieces = [];
    held.bytes = 0;
  }

  async #show(task: TaskInfo, held: Held): Promise<void> {
    const { frame } = this.#options;
    await frame?.open(task);
    try {
      if (held.file) for await (const pieces of held.file.read()) await this.#print(pieces);
    } finally {
      await held.file?.close();
      await this.#print(held.pieces);
      this.#forget(held);
    }
    await frame?.close(task);
  }

  async #print(pieces: readonly HeldPiece[]): Promise<void> {
    for (const { stream, bytes } of pieces) await this.#options.outlet[stream].lines("", linesOf(bytes));
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
