import type { TaskResult } from "@sloth/runtime";
import type { RunInfo, RunSummary, TaskInfo, WhySkipped } from "../../events/run-event.js";
import type { TailText } from "./log-tail.js";

/** How a task stands; `pending` and `running`: the run ended before it did. */
export type ReportedStatus = TaskResult["status"] | "skipped" | "running" | "pending";

/**
 * What an attempt does:
 * - `queue`: it could start and waits for room, here or on its agent.
 * - `sync`: its workspace goes to the agent.
 * - `run`: its command runs.
 * - `return`: what it changed comes back.
 */
export type Stage = "queue" | "sync" | "run" | "return";

/** A part of an attempt; times are milliseconds since the start of the run. */
export interface Segment {
  stage: Stage;
  startMs: number;
  endMs: number;
}

export interface ReportedAttempt {
  /** Counts from 1. */
  number: number;
  /** Absent: the machine of the master. */
  agent?: string;
  status: ReportedStatus;
  /** One after the other, without gaps. At least one. */
  segments: Segment[];
  /** Of its place, counted from 0: in one lane attempts never overlap, but for their queueing. */
  lane: number;
  result?: TaskResult;
}

export interface ReportedTask {
  info: TaskInfo;
  status: ReportedStatus;
  /** Why it was skipped. */
  why?: WhySkipped;
  /** The run that its result is of: it did not run in this one. */
  reusedFrom?: string;
  attempts: ReportedAttempt[];
  /** Of the last attempt. */
  result?: TaskResult;
  /** From its conditions to its end, all attempts together. */
  durationMs: number;
  isCritical: boolean;
  /** The end of what it printed and logged, with a line after each attempt that was not the last. */
  readLog(): TailText;
}

export interface ReportedGroup {
  name: string;
  description?: string;
  tasks: ReportedTask[];
}

/** A machine, with as many lanes as attempts were there at the same time. */
export interface Place {
  /** Absent: the machine of the master. */
  agent?: string;
  lanes: number;
}

/** Everything that a report tells of a run. */
export interface ReportedRun {
  info: RunInfo;
  /** Milliseconds since 1970. */
  startedAtMs: number;
  /** To the last event. */
  durationMs: number;
  /** Absent: the run was killed, or goes on. */
  summary?: RunSummary;
  warnings: string[];
  groups: ReportedGroup[];
  /** The master's machine first, if anything ran there; then agents by their names. */
  places: Place[];
}

/** All tasks of a run, group by group. */
export function tasksOf({ groups }: ReportedRun): ReportedTask[] {
  return groups.flatMap(({ tasks }) => tasks);
}
