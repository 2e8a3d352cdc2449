import { describe, expect, it } from "vitest";
import { eventsOf, finished, output, reportedRun, started, taskInfo } from "../../testing/report-events.js";
import { tasksOf } from "./reported-run.js";

const first = taskInfo("first");
const away = taskInfo("away", { dependsOn: ["first"], agent: "build1" });

function segmentsOf(run: ReturnType<typeof reportedRun>, name: string) {
  const task = tasksOf(run).find(({ info }) => info.name === name);
  return task?.attempts.map(({ segments }) => segments.map((part) => [part.stage, part.startMs, part.endMs]));
}

describe("what is told of a run", () => {
  it("are the stages of each attempt: from when nothing was left to wait for but room", () => {
    const run = reportedRun(
      eventsOf(
        [first, away],
        [
          [5, { type: "group-started", name: "build" }],
          [10, started(first)],
          [50, finished(first)],
          [70, { type: "task-stage", task: away, attempt: 1, stage: "sync" }],
          [90, started(away)],
          [200, { type: "task-stage", task: away, attempt: 1, stage: "return" }],
          [220, finished(away)],
        ],
      ),
    );
    const [none, some] = [segmentsOf(run, "first"), segmentsOf(run, "away")];
    expect(none).toEqual([
      [
        ["queue", 5, 10],
        ["run", 10, 50],
      ],
    ]);
    expect(some).toEqual([
      [
        ["queue", 50, 70],
        ["sync", 70, 90],
        ["run", 90, 200],
        ["return", 200, 220],
      ],
    ]);
  });

  it("are all attempts, each from when its delay was over", () => {
    const failure = { status: "failed", message: "exited with 1" } as const;
    const run = reportedRun(
      eventsOf(
        [first],
        [
          [10, started(first)],
          [20, output(first, "no")],
          [30, { type: "task-retrying", task: first, attempt: 1, delayMs: 100, result: failure }],
          [150, started(first, 2)],
          [160, output(first, "yes\n")],
          [
            170,
            {
              type: "task-finished",
              task: first,
              attempt: 2,
              durationMs: 160,
              result: { status: "succeeded" },
            },
          ],
        ],
      ),
    );
    expect(segmentsOf(run, "first")?.[1]).toEqual([
      ["queue", 130, 150],
      ["run", 150, 170],
    ]);
    expect(tasksOf(run)[0]?.attempts.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    expect(tasksOf(run)[0]?.readLog().text).toMatch(/^no\n--- attempt 1 .*exited with 1.* ---\nyes\n$/);
  });

  it("is that a handler of failures waits for the failure", () => {
    const handler = taskInfo("handler", { nextIfFail: ["first"] });
    const run = reportedRun(
      eventsOf(
        [first, handler],
        [
          [10, started(first)],
          [50, finished(first, { status: "failed" })],
          [60, started(handler)],
          [70, finished(handler)],
        ],
      ),
    );
    expect(segmentsOf(run, "handler")?.[0]?.[0]).toEqual(["queue", 50, 60]);
  });

  it("is that what has not ended runs, to the last event", () => {
    const run = reportedRun(
      eventsOf(
        [first, away],
        [
          [10, started(first)],
          [500, output(first, "x")],
        ],
      ),
    );
    expect(tasksOf(run).map(({ status }) => status)).toEqual(["running", "pending"]);
    expect(segmentsOf(run, "first")?.[0]?.at(-1)).toEqual(["run", 10, 500]);
  });

  it("is that a task whose result was reused did not run, and is on no path", () => {
    const from = "01M877TQRCHGXVF0CKS7W23XG1";
    const reused = { type: "task-reused", task: first, from, result: { status: "succeeded" } } as const;
    const run = reportedRun(eventsOf([first], [[10, reused]]));
    expect(tasksOf(run)).toMatchObject([
      { status: "succeeded", reusedFrom: from, attempts: [], isCritical: false },
    ]);
  });

  it("are lanes in which attempts never overlap, and no more than are needed", () => {
    const tasks = ["a", "b", "c"].map((name) => taskInfo(name));
    const [a = first, b = first, c = first] = tasks;
    const run = reportedRun(
      eventsOf(tasks, [
        [0, started(a)],
        [10, started(b)],
        [20, finished(a)],
        [20, started(c)],
        [30, finished(b)],
        [40, finished(c)],
      ]),
    );
    expect(run.places).toEqual([{ lanes: 2 }]);
    expect(tasksOf(run).map(({ attempts }) => attempts[0]?.lane)).toEqual([0, 1, 0]);
  });
});
