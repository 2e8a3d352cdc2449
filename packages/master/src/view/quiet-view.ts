import type { RunEvent } from "../events/run-event.js";
import { PlainView, type PlainViewOptions } from "./plain-view.js";
import type { RunView } from "./run-view.js";

/** Renders of a run only what failed and the summary, as the plain view does. */
export class QuietView implements RunView {
  readonly #lines: PlainView;

  constructor(options: PlainViewOptions) {
    this.#lines = new PlainView(options);
  }

  close(): void {}

  async show(event: RunEvent): Promise<void> {
    const isTold =
      event.type === "run-finished" || (event.type === "task-finished" && hasFailed(event.result));
    if (isTold) await this.#lines.show(event);
  }
}

function hasFailed({ status }: Extract<RunEvent, { type: "task-finished" }>["result"]): boolean {
  return status !== "succeeded" && status !== "cancelled";
}
