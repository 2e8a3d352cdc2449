import { z } from "zod";

/*
 * The lines that `--output json` prints and `events.ndjson` keeps. Each is one JSON object. Types of events and fields
 * may be added within a version: readers pass by what they do not know. `docs/schema/run-event.v1.json` is made of
 * this; `UPDATE_SCHEMA=1` on the tests beside this file writes it again.
 */

const position = z.object({ file: z.string(), line: z.int() });

const plannedTask = z.object({
  name: z.string().describe("Unique in its group."),
  description: z.string().optional(),
  agent: z
    .string()
    .optional()
    .describe("An agent, or what was asked for where there is a choice. Absent: the machine of the master."),
  dependsOn: z.array(z.string()),
  retries: z.int().optional().describe("How many attempts may follow the first one. Absent: none."),
  nextIfFail: z
    .array(z.string())
    .optional()
    .describe("Only of a handler: the tasks on whose failure it waits."),
  script: z.string().optional().describe("Of a shell command; absent for a Lua function."),
  definition: z
    .string()
    .optional()
    .describe("A digest of what it is: another one, when it was changed in the workflow."),
  at: position.describe("Where it is written; the file is relative to the directory of the workflow."),
});

const plannedGroup = z.object({
  name: z.string(),
  description: z.string().optional(),
  tasks: z.array(plannedTask),
});

const command = z
  .object({ directory: z.string(), words: z.array(z.string()) })
  .describe("What was typed and where, without what chose tasks. Absent: not from a command line.");

const value = z
  .unknown()
  .describe(
    'A value of Lua. {"base64": "…"} is a string that is not UTF-8, {"number": "nan", "inf" or "-inf"} a number that ' +
      'JSON has no word for, {"table": {…}} a table whose only key is one of these words or "integer".',
  );

const count = z.int().min(0);
const changes = z.object({ added: count, modified: count, deleted: count });
const counts = { succeeded: count, failed: count, lost: count, cancelled: count, skipped: count };

export const result = z.object({
  status: z.enum(["succeeded", "failed", "timed-out", "cancelled", "lost"]),
  exitCode: z.number().optional(),
  signal: z.string().optional(),
  message: z.string().optional(),
  traceback: z.string().optional(),
  outputs: value.optional(),
  exports: value.optional(),
  changes: changes.optional(),
});

const version = z.literal(1).describe("Of this format.");
const time = z.iso.datetime();
const milliseconds = z.number().min(0);
const attempt = z.int().min(1);
const stage = z.enum(["sync", "return"]);

function event<Type extends string, Fields extends z.core.$ZodLooseShape>(type: Type, fields: Fields) {
  return z.object({ v: version, time, type: z.literal(type), ...fields });
}

function taskEvent<Type extends string, Fields extends z.core.$ZodLooseShape>(type: Type, fields: Fields) {
  return event(type, { group: z.string(), task: z.string(), ...fields });
}

const bytes = { text: z.string().optional(), base64: z.base64().optional() };

/** One line. */
export const eventSchema = z
  .discriminatedUnion("type", [
    event("run-started", {
      runId: z.string(),
      file: z.string(),
      groups: z.array(plannedGroup),
      command: command.optional(),
    }),
    event("group-started", { group: z.string(), description: z.string().optional() }),
    taskEvent("task-placed", { attempt, agent: z.string() }).describe(
      "An agent was chosen, where there is a choice. Another one may follow if it is lost before the start.",
    ),
    taskEvent("task-queued", { position: z.int() }),
    taskEvent("task-stage", {
      attempt,
      stage,
      slots: count.optional().describe("How many tasks the agent runs at once; with `sync`."),
    }).describe(
      "`sync`: the workspace goes to the agent. `return`: the command has ended, and what it changed comes back.",
    ),
    taskEvent("task-transfer", { attempt, stage, doneBytes: count, totalBytes: count }).describe(
      "How far the transfer of a stage is that takes more than half a second. At most ten a second for each task, and " +
        "only live: the run store does not keep them.",
    ),
    taskEvent("task-started", { attempt }),
    taskEvent("task-output", { stream: z.enum(["stdout", "stderr"]), ...bytes })
      .describe("`base64` stands instead of `text` where the bytes are not UTF-8.")
      .meta({ oneOf: [{ required: ["text"] }, { required: ["base64"] }] }),
    taskEvent("task-log", {
      level: z.enum(["debug", "info", "warn", "error"]),
      message: z.string(),
      fields: value.optional(),
      by: z.literal("sloth").optional().describe("Said of the task, and not by it."),
    }),
    taskEvent("task-retrying", { attempt, delayMs: milliseconds, result }),
    taskEvent("task-finished", { attempt, durationMs: milliseconds, result }),
    taskEvent("task-skipped", {
      why: z.enum(["dependency", "halted", "not-needed", "cancelled", "condition"]),
    }),
    taskEvent("task-reused", { from: z.string(), result }).describe(
      "It succeeded in the run `from`, which this one continues, and does not run.",
    ),
    taskEvent("function-finished", { durationMs: milliseconds, result }).describe(
      "A function of the group has ended, such as `on_complete`; `task` is its name.",
    ),
    event("warning", { message: z.string() }),
    event("run-finished", {
      ...counts,
      reused: count.optional().describe("Taken as done from an earlier run."),
      durationMs: milliseconds,
      ended: z.enum(["interrupted", "timed-out", "aborted"]).optional(),
    }),
  ])
  .meta({ title: "An event of a run of sloth, version 1" });

/** A line that is valid. */
export type EventLine = z.infer<typeof eventSchema>;
