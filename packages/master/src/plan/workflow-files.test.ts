import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflow } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { findWorkflowFiles } from "./workflow-files.js";

function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-files-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "real"));
  writeFileSync(join(directory, "real", "w.lua"), "TaskDefinitions = { g = { tasks = {} } }");
  return directory;
}

describe("findWorkflowFiles", () => {
  it("gives the real path of a file in a directory that is reached by a link", async () => {
    const directory = scratch();
    symlinkSync("real", join(directory, "link"));
    const loaded = await loadWorkflow(join(directory, "link", "w.lua"));
    expect(await findWorkflowFiles(loaded)).toEqual([join(directory, "real", "w.lua")]);
  });

  it("gives both names of a file that is a link", async () => {
    const directory = scratch();
    symlinkSync("real/w.lua", join(directory, "pipeline.lua"));
    const loaded = await loadWorkflow(join(directory, "pipeline.lua"));
    const names = await findWorkflowFiles(loaded);
    expect(names).toEqual([join(directory, "pipeline.lua"), join(directory, "real", "w.lua")]);
  });

  it("gives the name of a file that is gone", async () => {
    const directory = scratch();
    const loaded = await loadWorkflow(join(directory, "real", "w.lua"));
    rmSync(join(directory, "real"), { recursive: true });
    expect(await findWorkflowFiles(loaded)).toEqual([join(directory, "real", "w.lua")]);
  });
});
