/** Why changes were not applied. */
export const KEPT_REASONS = ["failed", "timed-out", "cancelled", "conflict", "refused"] as const;

/** Whose changes these are, and what a later `apply` has to know. */
export interface KeptAbout {
  run: string;
  group: string;
  task: string;
  /** Counts from 1. */
  attempt: number;
  /** The agent's name or address. */
  agent: string;
  /** The directory that the changes are of; absolute. */
  workspaceRoot: string;
  why: (typeof KEPT_REASONS)[number];
  /** How the task ended, for people. Cut when it is long. */
  message?: string;
  /** When it ended, in milliseconds since 1970. */
  timeMs: number;
  /** The patterns of protected paths that held in the run. */
  protect: readonly string[];
  /** The files of the workflow, absolute; protected unless a pattern releases them. */
  workflowFiles: readonly string[];
}

/** What is known of kept changes without reading the lists. */
export interface KeptSummary extends KeptAbout {
  counts: { added: number; modified: number; deleted: number };
  /** Size of the contents that came with the changes. */
  contentBytes: number;
  /** False when the agent was gone before the contents were here: the paths are known, but cannot be applied. */
  hasContents: boolean;
  /** When they were applied after all, in milliseconds since 1970. */
  appliedAtMs?: number;
}
