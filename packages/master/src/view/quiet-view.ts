import type { RunEvent } from "../events/run-event.js";
import { FailureSummary } from "./failure-summary.js";
import { formatSummary, type PlainViewOptions } from "./plain-view.js";
import type { RunView } from "./run-view.js";
import { style } from "./style.js";

/** Renders of a run only its end: the summary of failures and the last line, as the plain view does. */
export class QuietView implements RunView {
  readonly #out: PlainViewOptions;
  readonly #summary: FailureSummary;

  constructor(options: PlainViewOptions) {
    this.#out = options;
    this.#summary = new FailureSummary({
      directory: options.directory ?? process.cwd(),
      style: (format, text) => style(options.stderr, format, text),
    });
  }

  close(): void {}

  async show(event: RunEvent): Promise<void> {
    const { stdout, stderr } = this.#out;
    this.#summary.take(event);
    if (event.type !== "run-finished") return;
    for (const line of this.#summary.lines(event.summary.durationMs)) await stderr.line(line);
    await stdout.line(style(stdout, "bold", formatSummary(event.summary)));
  }
}
