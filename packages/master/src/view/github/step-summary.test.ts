import type { TaskResult } from "@sloth/runtime";
import { describe, expect, it } from "vitest";
import type { TaskInfo } from "../../events/run-event.js";
import { StepSummary } from "./step-summary.js";

const counts = { succeeded: 1, failed: 1, lost: 0, cancelled: 0, skipped: 0, durationMs: 1000 };

function summaryOf(tasks: number): StepSummary {
  const summary = new StepSummary();
  for (let number = 0; number < tasks; number++) {
    const task: TaskInfo = { group: "g", name: `t${number}`, dependsOn: [], at: { file: "w.lua", line: 1 } };
    const status: TaskResult["status"] = number === tasks - 1 ? "failed" : "succeeded";
    summary.take({ timeMs: 0, type: "task-finished", task, attempt: 1, durationMs: 1, result: { status } });
  }
  return summary;
}

describe("the summary of a step", () => {
  it("has what failed first, and all where there is room", () => {
    const rows = summaryOf(3)
      .text(counts, 10_000)
      .split("\n")
      .filter((line) => /g\/t/.test(line));
    expect(rows.map((row) => /t\d/.exec(row)?.[0])).toEqual(["t2", "t0", "t1"]);
  });

  it.each([0, 100, 150, 200, 1000, 5000])("takes up no more than %d bytes, and counts the rest", (most) => {
    const text = summaryOf(1000).text(counts, most);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    const shown = text.match(/g\/t/g)?.length ?? 0;
    if (text !== "") expect(text).toContain(`and ${1000 - shown} more`);
  });
});
