import { didYouMean } from "../did-you-mean.js";
import type { Diagnostic } from "../dsl-error.js";
import type { Position, Sources } from "./sources.js";

/** Where a mistake is: its position, and the names that lead to it. */
export interface Place extends Position {
  group?: string;
  task?: string;
  field?: string;
}

/** Collects the mistakes of a workflow, so that all of them are reported at once. */
export class Diagnostics {
  readonly found: Diagnostic[] = [];

  constructor(readonly sources: Sources) {}

  add({ file, line, offset, group, task, field }: Place, message: string): void {
    this.found.push({
      ...this.sources.locate({ file, line, offset }),
      ...(group !== undefined && { group }),
      ...(task !== undefined && { task }),
      ...(field !== undefined && { field }),
      message,
    });
  }

  /** A suggestion; none once there are many mistakes, since each looks at all candidates. */
  suggest(word: string, candidates: Iterable<string>): string {
    return this.found.length < 50 ? didYouMean(word, candidates) : "";
  }

  /** In the order of the source: the workflow file first. */
  sorted(): Diagnostic[] {
    const { main } = this.sources;
    return this.found.sort(
      (a, b) =>
        Number(a.file !== main) - Number(b.file !== main) ||
        (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    );
  }
}
