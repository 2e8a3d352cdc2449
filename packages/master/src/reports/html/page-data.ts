/* What the page is given of a run: plain data, and nothing but types here, since a browser reads it. */

export type PageStatus =
  | "succeeded"
  | "failed"
  | "timed-out"
  | "lost"
  | "cancelled"
  | "skipped"
  | "running"
  | "pending";

export type PageStage = "queue" | "sync" | "run" | "return";

/** A stage with its start and end, in milliseconds since the start of the run. */
export type PageSegment = [stage: PageStage, startMs: number, endMs: number];

export interface PageAttempt {
  number: number;
  status: PageStatus;
  /** In `places`. Absent: that of its task. */
  place?: number;
  lane: number;
  segments: PageSegment[];
  message?: string;
}

export interface PageTask {
  name: string;
  /** In `groups`. */
  group: number;
  /** In `places`, that of its last attempt. Absent: it did not come so far. */
  place?: number;
  /** Where it runs, for a person. */
  where: string;
  status: PageStatus;
  /** Why it was skipped, in words. */
  why?: string;
  /** The run that its result is of: it did not run in this one. */
  reusedFrom?: string;
  description?: string;
  /** In `tasks`: what it depends on, and what it handles the failures of. */
  after: number[];
  attempts: PageAttempt[];
  durationMs: number;
  isCritical: boolean;
  message?: string;
  traceback?: string;
  /** `+1 ~2 -3`: what came back from its agent. */
  changes?: string;
  script?: string;
  /** `file:line` */
  at?: string;
}

/** What a task printed, in an element of its own, so that the page reads it when it is wanted. */
export interface PageLog {
  text: string;
  /** How many bytes before it were left out. */
  cutBytes: number;
}

export interface PageData {
  runId: string;
  /** The workflow, absolute. */
  file: string;
  /** In words. */
  result: string;
  status: PageStatus;
  startedAtMs: number;
  durationMs: number;
  warnings: string[];
  groups: { name: string; description?: string }[];
  places: { name: string; lanes: number }[];
  tasks: PageTask[];
}
