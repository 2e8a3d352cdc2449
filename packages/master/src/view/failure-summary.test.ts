import { describe, expect, it } from "vitest";
import type { RunHappening, TaskInfo } from "../events/run-event.js";
import { FailureSummary } from "./failure-summary.js";

function task(name: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return { group: "g", name, dependsOn: [], script: "make", at: { file: "w.lua", line: 3 }, ...more };
}

function summary(events: RunHappening[], runMs = 1000): string[] {
  const made = new FailureSummary({ directory: "/here", logOf: ({ name }) => `logs/${name}` });
  made.take({ type: "run-started", run: { runId: "R", file: "/here/ci/w.lua", groups: [] } });
  for (const event of events) made.take(event);
  return made.lines(runMs);
}

const finished = (
  of: TaskInfo,
  result: Extract<RunHappening, { type: "task-finished" }>["result"],
  durationMs = 1200,
) => ({ type: "task-finished", task: of, attempt: 2, durationMs, result }) as const;

describe("the summary of failures", () => {
  it("has all that is needed to understand a failure and to try it again", () => {
    const build = task("build it", { agent: "box:1", script: "make -j8\nmake install" });
    const output = Array.from({ length: 30 }, (_, n) => `line ${n}\n`).join("");
    expect(
      summary([
        { type: "task-output", task: build, stream: "stdout", bytes: Buffer.from(output) },
        { type: "task-output", task: build, stream: "stderr", bytes: Buffer.from("no \x1b[2Jend") },
        finished(build, { status: "failed", exitCode: 2, message: "exited with 2" }),
      ]),
    ).toEqual([
      "",
      "✗ build it@box:1 failed with exit code 2 after 1.2 s, attempt 2",
      "    w.lua:3  make -j8 …",
      ...Array.from({ length: 19 }, (_, n) => `    | line ${n + 11}`),
      "    | no \\x1b[2Jend",
      "    log:   logs/build it",
      "    again: npx @sloth/master run -f ci/w.lua --only 'g/build it'",
      "",
    ]);
  });

  it("tells what a function said, and nothing of what succeeded or was cancelled", () => {
    const lua = task("lua", { script: undefined as never });
    const lines = summary([
      finished(task("fine"), { status: "succeeded" }),
      finished(task("gone"), { status: "cancelled" }),
      finished(lua, { status: "timed-out", message: "exceeded its time limit of 5s" }),
    ]);
    expect(lines.slice(1, 4)).toEqual([
      "✗ lua timed-out after 1.2 s, attempt 2",
      "    w.lua:3  a Lua function",
      "    exceeded its time limit of 5s",
    ]);
    expect(lines.filter((line) => line.startsWith("✗"))).toHaveLength(1);
  });

  it("says after a long run where the time went", () => {
    const done = { status: "succeeded" } as const;
    const [a, b, c, d] = [
      task("a"),
      task("b", { dependsOn: ["a"] }),
      task("c"),
      task("d", { dependsOn: ["b", "c"] }),
    ];
    const events = [
      finished(a, done, 9000),
      finished(c, done, 10_000),
      finished(b, done, 3000),
      finished(d, done, 1000),
    ];
    expect(summary(events, 20_000)).toEqual([
      "slowest: c 10.0 s, a 9.0 s, b 3.0 s",
      "longest chain: a 9.0 s → b 3.0 s → d 1.0 s",
    ]);
    expect(summary(events, 9000)).toEqual([]);
  });
});
