import { didYouMean } from "../did-you-mean.js";
import type { Diagnostic } from "../dsl-error.js";

/** Collects the mistakes of one file, so that all of them are reported at once. */
export class Diagnostics {
  readonly found: Diagnostic[] = [];

  constructor(readonly file: string) {}

  add(place: Place, message: string): void {
    this.found.push({ file: this.file, ...place, message });
  }

  /** A suggestion; none once there are many mistakes, since each looks at all candidates. */
  suggest(word: string, candidates: Iterable<string>): string {
    return this.found.length < 50 ? didYouMean(word, candidates) : "";
  }

  /** In the order of the source. */
  sorted(): Diagnostic[] {
    return this.found.sort((a, b) => a.line - b.line);
  }
}

export interface Place {
  line: number;
  group?: string;
  task?: string;
  field?: string;
}
