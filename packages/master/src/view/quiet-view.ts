import type { RunEvent } from "../events/run-event.js";
import { type Reader, RunEnd } from "./run-end.js";
import type { RunView } from "./run-view.js";

/** Renders of a run only its end, as the plain view does. */
export class QuietView implements RunView {
  readonly #end: RunEnd;

  constructor(reader: Reader) {
    this.#end = new RunEnd(reader);
  }

  show(event: RunEvent): Promise<void> {
    return this.#end.take(event);
  }

  close(): void {}
}
