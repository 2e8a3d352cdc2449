import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflow } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { refusePlanned } from "./planned-fields.js";

async function refused(group: string, task: string): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "sloth-planned-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const text = `TaskDefinitions = { g = { ${group} tasks = { t = { command = "x", ${task} } } } }`;
  writeFileSync(join(directory, "w.lua"), text);
  const { workflow } = await loadWorkflow(join(directory, "w.lua"));
  try {
    refusePlanned(workflow.groups);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: "NOT_SUPPORTED" });
    return [...(error as Error).message.matchAll(/field "(.*?)"/g)].map(([, field]) => String(field));
  }
}

describe("refusePlanned", () => {
  it.each([
    ["", `on_agent_lost = "retry"`, ["on_agent_lost"]],
    ["", `on_agent_lost = "fail"`, []],
    [`delegate_to = { name = "a", max = 2 },`, `run_if = "true"`, []],
    [`delegate_to = "a:1",`, `delegate_to = { name = "b" }`, []],
    [`delegate_to = { address = "a" },`, `delegate_to = false`, []],
  ])("names what it refuses of %s %s", async (group, task, fields) => {
    expect(await refused(group, task)).toEqual(fields);
  });
});
