import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { RunHappening, TaskInfo } from "../events/run-event.js";
import { LineWriter } from "./line-writer.js";
import { RunEnd } from "./run-end.js";

function task(name: string, dependsOn: string[] = [], group = "g"): TaskInfo {
  return { group, name, dependsOn, script: "make", at: { file: "w.lua", line: 3 } };
}

type Status = Extract<RunHappening, { type: "task-finished" }>["result"]["status"];
const finished = (of: TaskInfo, status: Status, durationMs = 1000): RunHappening => ({
  type: "task-finished",
  task: of,
  attempt: 1,
  durationMs,
  result: { status },
});

async function endOf(events: RunHappening[], durationMs = 1000): Promise<string[]> {
  const stream = new PassThrough();
  const sink = new LineWriter(stream);
  const end = new RunEnd({
    stdout: sink,
    stderr: sink,
    directory: "/",
    logOf: ({ name }) => `/logs/${name}`,
  });
  const counts = { succeeded: 0, failed: 1, lost: 0, cancelled: 2, skipped: 3 };
  const all: RunHappening[] = [...events, { type: "run-finished", summary: { ...counts, durationMs } }];
  for (const event of all) await end.take({ timeMs: 0, ...event });
  return String(stream.read()).split("\n").slice(0, -1);
}

const LAST = "0 succeeded, 1 failed, 2 cancelled, 3 skipped in";

describe("the end of a run", () => {
  it("tells of what failed by itself, and only counts the rest", async () => {
    const bad = task("bad");
    const lines = await endOf([
      { type: "task-output", task: bad, stream: "stdout", bytes: Buffer.from("one\ntw") },
      { type: "task-output", task: bad, stream: "stderr", bytes: Buffer.from("o\nthree") },
      finished(task("fine"), "succeeded"),
      finished(task("gone"), "cancelled"),
      finished(bad, "timed-out"),
      { type: "task-skipped", task: task("after"), why: "dependency" },
    ]);
    expect(lines).toEqual([
      "",
      "✗ g/bad timed-out in 1.0 s",
      "    w.lua:3  make",
      "    | one",
      "    | two",
      "    | three",
      "    log:   logs/bad",
      "    again: npx @sloth/master run -f FILE --only g/bad",
      "",
      `${LAST} 1.0 s`,
    ]);
  });

  it("names no log of a task that printed nothing", async () => {
    expect((await endOf([finished(task("bad"), "failed")])).join("\n")).not.toContain("log:");
  });

  it("says after a long run where the time went", async () => {
    const events = [
      finished(task("a"), "succeeded", 9000),
      finished(task("c"), "succeeded", 10_000),
      finished(task("b", ["a"]), "succeeded", 3000),
      finished(task("d", ["b", "c"]), "succeeded", 1000),
      finished(task("a", [], "h"), "succeeded", 500),
    ];
    expect(await endOf(events, 65_000)).toEqual([
      "",
      "Slowest tasks:",
      "  10.0 s  g/c",
      "  9.0 s   g/a",
      "  3.0 s   g/b",
      "  1.0 s   g/d",
      "  0.5 s   h/a",
      "",
      "Critical path of g:",
      "  a (9.0 s) → b (3.0 s) → d (1.0 s)",
      "  13.0 s in all",
      "",
      `${LAST} 1 min 05 s`,
    ]);
    expect(await endOf(events, 9000)).toEqual([`${LAST} 9.0 s`]);
  });
});
