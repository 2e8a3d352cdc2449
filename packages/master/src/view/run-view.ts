import type { RunEvent } from "../events/run-event.js";

/** Shows a run to somebody: a person or a program. One method, called for each event in order, never overlapping. */
export interface RunView {
  /** The run waits for it, so a slow reader slows the tasks. Never throws for a reader that has gone away. */
  show(event: RunEvent): void | Promise<void>;
  /** Shows a line of the program itself at once. May be called at any time. Absent: stderr is free for it. */
  say?(line: string): void;
  /** Leaves the terminal to somebody else until `resume`. Absent: nothing needs to be left. */
  suspend?(): Promise<void>;
  /** May be called without `suspend`, when somebody else may have written to the terminal. */
  resume?(): void;
  /** Leaves the terminal as it was. Called once, also when the run broke; no event follows. */
  close(): void | Promise<void>;
}
