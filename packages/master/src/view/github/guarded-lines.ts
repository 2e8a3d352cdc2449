import { randomUUID } from "node:crypto";
import type { LineSink } from "../line-writer.js";
import { workflowCommand } from "./workflow-command.js";

/*
 * The runner takes any line that a step prints for a command to it, wherever that comes from. So commands are switched
 * off before whatever is printed, and on again only for ours:
 *
 *   ::stop-commands::TOKEN
 *   what tasks print, in which nothing is a command
 *   ::TOKEN::
 *   ::group::build
 *
 * Each token is random and used once, and what is printed before its end was there before the token.
 */

/** Lines in which nothing is a command to the runner of GitHub Actions, and commands between them. */
export class GuardedLines implements LineSink {
  readonly color: boolean;
  readonly #sink: LineSink;
  /** Ends the stop of commands; undefined where they are not stopped. */
  #token: string | undefined;

  constructor(sink: LineSink) {
    this.#sink = sink;
    this.color = sink.color;
  }

  line(text: string): Promise<void> {
    return this.lines("", [Buffer.from(text)]);
  }

  async lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    if (lines.length === 0) return;
    if (this.#token === undefined) {
      this.#token = randomUUID();
      await Promise.all([
        this.#sink.line(workflowCommand("stop-commands", this.#token)),
        this.#sink.lines(prefix, lines),
      ]);
    } else await this.#sink.lines(prefix, lines);
  }

  /** In one write with what switches commands on, so that no other line is between. */
  command(command: string): Promise<void> {
    return this.#sink.lines("", [...this.#switchOn(), Buffer.from(command)]);
  }

  /** Leaves commands on for whatever follows in the step. */
  close(): Promise<void> {
    return this.#sink.lines("", this.#switchOn());
  }

  #switchOn(): Uint8Array[] {
    const token = this.#token;
    this.#token = undefined;
    return token === undefined ? [] : [Buffer.from(workflowCommand(token, ""))];
  }
}
