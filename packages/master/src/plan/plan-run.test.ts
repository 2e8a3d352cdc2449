import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_WORKSPACE_SETTINGS, loadWorkflow } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyInventory } from "../inventory/make-inventory.js";
import { type PlanOptions, placeOf, planRun } from "./plan-run.js";
import { makeRunId } from "./run-id.js";

async function plan(text: string, group?: string, workspace?: PlanOptions["workspace"]) {
  const directory = mkdtempSync(join(tmpdir(), "sloth-plan-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "app"));
  writeFileSync(join(directory, "w.lua"), text);
  const loaded = await loadWorkflow(join(directory, "w.lua"));
  return {
    directory,
    plan: await planRun(loaded, {
      select: { groups: group === undefined ? [] : [group] },
      workspace,
      inventory: emptyInventory,
    }),
  };
}

describe("planRun", () => {
  it("lets a task's place override its group's, and brings a task home", async () => {
    const { plan: planned } = await plan(`TaskDefinitions = { g = { delegate_to = "one:1", tasks = {
      { name = "inherits", command = "true" },
      { name = "overrides", command = "true", delegate_to = { address = "two" } },
      { name = "home", command = "true", delegate_to = false },
    } } }`);
    expect(planned.groups[0]?.tasks.map(({ selection }) => selection?.text)).toEqual([
      "one:1",
      "two:50051",
      undefined,
    ]);
  });

  it("makes the group's directory the workspace and the task's a place in it", async () => {
    const { directory, plan: planned } = await plan(`TaskDefinitions = { g = { workdir = "app", tasks = {
      { name = "t", command = "true", workdir = "sub" },
    } } }`);
    expect(planned.groups[0]?.tasks[0]).toMatchObject({ workspace: join(directory, "app"), workdir: "sub" });
  });

  it("runs in the directory of the workflow unless told otherwise", async () => {
    const { directory, plan: planned } = await plan(
      `TaskDefinitions = { g = { tasks = { { name = "t", command = "true" } } } }`,
    );
    expect(planned.groups[0]?.tasks[0]).toMatchObject({ workspace: directory, workdir: "" });
  });

  it("gives each task the settings of its group, with what was typed and the defaults", async () => {
    const text = `TaskDefinitions = {
      a = { on_conflict = "ours", protect = "x", tasks = { t = { command = "true" } } },
      b = { tasks = { t = { command = "true" } } } }`;
    const { plan: planned } = await plan(text, undefined, { protect: ["y"], syncGit: true });
    const typed = { ...DEFAULT_WORKSPACE_SETTINGS, syncGit: true };
    expect(planned.groups.map(({ tasks }) => tasks[0]?.workspaceSettings)).toEqual([
      { ...typed, onConflict: "ours", protect: ["x", "y"] },
      { ...typed, protect: ["y"] },
    ]);
  });

  it("knows the files that were loaded, and where the run store belongs", async () => {
    const { directory, plan: planned } = await plan(`TaskDefinitions = { g = { tasks = {} } }`);
    expect(planned.workflowFiles).toEqual([join(realpathSync(directory), "w.lua")]);
    expect(planned.workflowDirectory).toBe(directory);
  });

  it.each([
    ["a group that is not there", `TaskDefinitions = { g = { tasks = {} } }`, "h", "NOT_FOUND"],
    [
      "a directory that is not there",
      `TaskDefinitions = { g = { workdir = "no", tasks = {} } }`,
      undefined,
      "NOT_FOUND",
    ],
    [
      "a directory that is a file",
      `TaskDefinitions = { g = { workdir = "w.lua", tasks = {} } }`,
      undefined,
      "NOT_FOUND",
    ],
    [
      "a name without an inventory",
      `TaskDefinitions = { g = { delegate_to = "build1", tasks = { { name = "t", command = "true" } } } }`,
      undefined,
      "UNKNOWN_AGENT",
    ],
  ])("refuses %s", async (_, text, group, code) => {
    await expect(plan(text, group)).rejects.toMatchObject({ code });
  });
});

describe("placeOf", () => {
  it.each([
    [undefined, "/w", ""],
    [".", "/w", ""],
    ["a/b", "/w", "a/b"],
    ["a/../b", "/w", "b"],
    ["..name", "/w", "..name"],
    ["../other", "/other", ""],
    ["/elsewhere", "/elsewhere", ""],
  ])("puts %s into %s at %j", (workdir, workspace, inside) => {
    expect(placeOf("/w", workdir)).toEqual({ workspace, workdir: inside });
  });
});

describe("makeRunId", () => {
  it("sorts by time", () => {
    const ids = [1, 1000, 1_700_000_000_000, 1_800_000_000_000].map(makeRunId);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});
