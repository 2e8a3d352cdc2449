import { z } from "zod";
import { parseJson } from "../events/json-text.js";

/** What `summary.json` holds of a task. Absent is what is not known, or does not apply. */
const taskRecord = z.object({
  group: z.string(),
  task: z.string(),
  agent: z.string().optional(),
  dependsOn: z.array(z.string()),
  /** How many attempts may follow the first one. */
  retries: z.int().optional(),
  script: z.string().optional(),
  /** A digest of what it is. */
  definition: z.string().optional(),
  /** Absent: it is no task, but a function of its group. */
  at: z.object({ file: z.string(), line: z.int() }).optional(),
  /** The run in which it succeeded; this one has taken it as done. */
  reusedFrom: z.string().optional(),
  /** `pending` and `running`: the run has not ended, or its process was killed. */
  status: z.enum(["pending", "running", "succeeded", "failed", "timed-out", "cancelled", "lost", "skipped"]),
  /** Why it was skipped. */
  why: z.string().optional(),
  /** The last one. */
  attempt: z.int().optional(),
  /** Of the last attempt. */
  started: z.iso.datetime().optional(),
  durationMs: z.number().optional(),
  exitCode: z.number().optional(),
  signal: z.string().optional(),
  message: z.string().optional(),
  traceback: z.string().optional(),
  outputs: z.unknown().optional(),
  exports: z.unknown().optional(),
  changes: z.object({ added: z.number(), modified: z.number(), deleted: z.number() }).optional(),
  /** What it printed, relative to the directory of the run. */
  log: z.string().optional(),
});

const count = z.int().min(0);

const runRecord = z.object({
  v: z.literal(1),
  runId: z.string(),
  /** The workflow, absolute. */
  file: z.string(),
  command: z.object({ directory: z.string(), words: z.array(z.string()) }).optional(),
  /** `running` and `unfinished`: the process of the run is there, or was killed. */
  result: z.enum([
    "running",
    "unfinished",
    "succeeded",
    "failed",
    "lost",
    "interrupted",
    "timed-out",
    "aborted",
  ]),
  started: z.iso.datetime(),
  ended: z.iso.datetime().optional(),
  durationMs: z.number().optional(),
  counts: z.object({
    succeeded: count,
    failed: count,
    lost: count,
    cancelled: count,
    skipped: count,
    reused: count.optional(),
  }),
  /** The first ones. */
  warnings: z.array(z.string()),
  tasks: z.array(taskRecord),
});

/** What is known of a run without its events: `summary.json`. */
export type RunRecord = z.infer<typeof runRecord>;
export type TaskRecord = z.infer<typeof taskRecord>;

/** Reads `summary.json`; nothing where it is damaged or of another version. */
export function readRecord(text: string): RunRecord | undefined {
  try {
    return runRecord.safeParse(parseJson(text)).data;
  } catch {
    // No JSON.
    return undefined;
  }
}
