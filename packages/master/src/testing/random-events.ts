/** Random events of a run, as `fast-check` makes them. */
import type { LuaTable, LuaValue } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import fc from "fast-check";
import type { RunEvent, RunHappening, TaskInfo } from "../events/run-event.js";

const text = fc.string({ unit: "grapheme" });
const count = fc.nat();
const words = fc.constantFrom("base64", "number", "table", "integer", "__proto__");

const { value: randomValue, table: randomTable } = fc.letrec<{ value: LuaValue; table: LuaTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    text,
    fc.uint8Array(),
    fc.array(tie("value")),
    tie("table"),
  ),
  table: fc
    .array(fc.tuple(fc.oneof(text, words), tie("value")))
    .map((entries) => Object.assign(Object.create(null), Object.fromEntries(entries))),
}));

export { randomValue };

const tasks = fc
  .uniqueArray(
    fc.record(
      {
        group: fc.constantFrom("a", "b"),
        name: text,
        description: text,
        agent: text,
        dependsOn: fc.array(text),
        retries: count,
        nextIfFail: fc.array(text),
        script: text,
        definition: text,
        at: fc.record({ file: text, line: fc.integer() }),
      },
      { requiredKeys: ["group", "name", "dependsOn", "at"], noNullPrototype: true },
    ),
    { selector: ({ group, name }) => `${group}/${name}`, minLength: 1 },
  )
  .map((list): TaskInfo[] => list);

const result: fc.Arbitrary<TaskResult> = fc.record(
  {
    status: fc.constantFrom("succeeded", "failed", "timed-out", "cancelled", "lost"),
    exitCode: fc.nat(255),
    signal: text,
    message: text,
    traceback: text,
    outputs: randomValue,
    exports: randomTable,
    changes: fc.record({ added: count, modified: count, deleted: count }, { noNullPrototype: true }),
  },
  { requiredKeys: ["status"], noNullPrototype: true },
);

const attempt = fc.integer({ min: 1, max: 99 });
const durationMs = fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs);
const optionally = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Where it is said to be: elsewhere the event would change the task. */
function placedAt(task: TaskInfo): fc.Arbitrary<RunHappening>[] {
  const { agent } = task;
  if (agent === undefined) return [];
  return [attempt.map((number): RunHappening => ({ type: "task-placed", task, attempt: number, agent }))];
}

function happeningOf(task: TaskInfo): fc.Arbitrary<RunHappening> {
  return fc.oneof(
    fc.tuple(text, optionally(text)).map(
      ([name, description]): RunHappening => ({
        type: "group-started",
        name,
        ...(description !== undefined && { description }),
      }),
    ),
    ...placedAt(task),
    count.map((position): RunHappening => ({ type: "task-queued", task, position })),
    fc.tuple(attempt, fc.constantFrom("sync", "return"), optionally(count)).map(
      ([number, stage, slots]): RunHappening => ({
        type: "task-stage",
        task,
        attempt: number,
        stage,
        ...(slots !== undefined && { slots }),
      }),
    ),
    fc.tuple(attempt, fc.constantFrom("sync", "return"), count, count).map(
      ([number, stage, doneBytes, totalBytes]): RunHappening => ({
        type: "task-transfer",
        task,
        attempt: number,
        stage,
        doneBytes,
        totalBytes,
      }),
    ),
    attempt.map((number): RunHappening => ({ type: "task-started", task, attempt: number })),
    fc
      .tuple(fc.constantFrom("stdout", "stderr"), fc.oneof(fc.uint8Array(), text.map(bytesOf)))
      .map(([stream, bytes]): RunHappening => ({ type: "task-output", task, stream, bytes })),
    fc.tuple(fc.constantFrom("debug", "info", "warn", "error"), text, optionally(randomTable)).map(
      ([level, message, fields]): RunHappening => ({
        type: "task-log",
        task,
        record: { level, message, ...(fields && { fields }) },
      }),
    ),
    fc.tuple(attempt, durationMs, result).map(
      ([number, delayMs, end]): RunHappening => ({
        type: "task-retrying",
        task,
        attempt: number,
        delayMs,
        result: end,
      }),
    ),
    fc.tuple(attempt, durationMs, result).map(
      ([number, duration, end]): RunHappening => ({
        type: "task-finished",
        task,
        attempt: number,
        durationMs: duration,
        result: end,
      }),
    ),
    fc
      .constantFrom("dependency", "halted", "not-needed", "cancelled", "condition")
      .map((why): RunHappening => ({ type: "task-skipped", task, why })),
    fc
      .tuple(text, result)
      .map(([from, end]): RunHappening => ({ type: "task-reused", task, from, result: end })),
    fc.tuple(durationMs, result).map(
      ([duration, end]): RunHappening => ({
        type: "function-finished",
        task,
        durationMs: duration,
        result: end,
      }),
    ),
    text.map((message): RunHappening => ({ type: "warning", message })),
  );
}

function bytesOf(characters: string): Uint8Array {
  return new Uint8Array(Buffer.from(characters));
}

const timeMs = fc.integer({ min: 0, max: Date.UTC(9999, 0) });

/** The events of one run in an order that may be impossible, but for the first and the last. */
export const randomEvents: fc.Arbitrary<RunEvent[]> = tasks.chain((list) => {
  const groups = [...new Set(list.map(({ group }) => group))].map((name) => ({
    name,
    tasks: list.filter(({ group }) => group === name),
  }));
  const summary = { succeeded: 1, failed: 0, lost: 0, cancelled: 0, skipped: 0, durationMs: 12.5 };
  return fc
    .array(fc.constantFrom(...list).chain(happeningOf))
    .chain((middle) =>
      fc
        .array(timeMs, { minLength: middle.length + 2, maxLength: middle.length + 2 })
        .map((times) =>
          [
            { type: "run-started" as const, run: { runId: "r", file: "/w.lua", groups } },
            ...middle,
            { type: "run-finished" as const, summary: { ...summary, ended: "aborted" as const } },
          ].map((happening, index): RunEvent => ({ timeMs: times[index] ?? 0, ...happening })),
        ),
    );
});
