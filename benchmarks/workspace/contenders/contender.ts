import type { Command } from "../../processes/run.js";

/**
 * A way to run a task elsewhere in a copy of a directory and to have its changes back. All of them do the same work in
 * one command: bring the tree over, run the task in the copy, bring back what it changed.
 */
export interface Contender {
  readonly name: string;
  /** Starts what has to run before, which is not measured: an agent, a multiplexed connection. */
  pair(place: Place): Promise<Pairing>;
}

export interface Place {
  /** Has the tree; nobody else uses it. */
  source: string;
  /** Does not exist yet; for what the other side keeps. */
  far: string;
  /** The tasks that will be asked for, as shell commands. */
  tasks: readonly string[];
  /** Gives a port that leads to `port` over the line that is to be used; by default `port` itself. */
  via?: (port: number) => Promise<number>;
}

/** One source with its other side. Commands are run one after the other. */
export interface Pairing {
  command(task: string): Command;
  /** The process on the other side whose memory counts. */
  readonly farPid?: number;
  close(): Promise<void>;
}
