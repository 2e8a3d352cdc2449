import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { load, temporaryDirectory, writeWorkflow } from "../testing/workflow-files.js";

const TIME = "os.time({ year = 2026, month = 7, day = 1, hour = 12 })";
const SOURCE = `local texts = { os.date("%H %d"), os.date("*t").hour, os.date("%c", 0), ${TIME} }
TaskDefinitions = { g = { tasks = { t = {
  description = table.concat(texts, " "),
  command = function() return true, nil, { os.date("%H", 0), ${TIME} } end,
} } } }`;

const MODULE = new URL("../../dist/index.js", import.meta.url).href;

/** Loads `SOURCE` and calls its function in a process with another time zone. */
function runIn(zone: string): { description: string; outputs: unknown } {
  const directory = temporaryDirectory();
  const script = join(directory, "script.mjs");
  writeFileSync(
    script,
    `const { encodeBundle, loadWorkflow, openTaskState } = await import(${JSON.stringify(MODULE)});
    const loaded = await loadWorkflow(${JSON.stringify(writeWorkflow(SOURCE))}, { context: { clockMs: 1_700_000_000_000 } });
    const { file, modelHash, groups } = loaded.workflow;
    const host = { workdir: "/" };
    const state = await openTaskState({ bundle: encodeBundle(loaded.bundle), file, context: loaded.context, modelHash, host });
    const ctx = { name: "t", group: "g", workdir: "/", attempt: 1, runId: "r" };
    const { outputs } = state.call({ group: "g", task: "t", field: "command" }, { params: {}, deps: {}, ctx });
    process.stdout.write(JSON.stringify({ description: groups[0].tasks[0].description, outputs }));`,
  );
  const env = { PATH: process.env.PATH, TZ: zone };
  return JSON.parse(execFileSync(process.execPath, [script], { env, encoding: "utf8" }));
}

describe("the time zone", () => {
  it("is UTC while a workflow is loaded, and the machine's in a task", () => {
    const description = "22 14 22 Thu Jan 01 00:00:00 1970 1782907200";
    expect(runIn("Asia/Tokyo")).toEqual({ description, outputs: ["09", 1782907200 - 9 * 3600] });
    expect(runIn("America/New_York")).toEqual({ description, outputs: ["19", 1782907200 + 4 * 3600] });
  });

  it.each([
    ["{ year = 1970, month = 1, day = 1, hour = 0 }", 0],
    ["{ year = 2024, month = 2, day = 30 }", Date.UTC(2024, 1, 30, 12) / 1000],
    [
      "{ year = 2000, month = -13, day = 0, hour = -5, min = 90, sec = -1 }",
      Date.UTC(2000, -14, 0, -5, 90, -1) / 1000,
    ],
    ["{ year = 1600, month = 3, day = 1, hour = 0 }", Date.UTC(1600, 2, 1) / 1000],
  ])("makes the same of %s as a calendar does", async (fields, seconds) => {
    const source = `local fields = ${fields}
      local seconds = os.time(fields)
      assert(os.date("!%F %T", seconds) == string.format("%04d-%02d-%02d %02d:%02d:%02d",
        fields.year, fields.month, fields.day, fields.hour, fields.min, fields.sec))
      TaskDefinitions = { g = { tasks = { t = { command = "x", description = tostring(seconds) } } } }`;
    expect((await load(source)).workflow.groups[0]?.tasks[0]?.description).toBe(String(seconds));
  });
});
