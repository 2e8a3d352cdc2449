import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Validation, validate } from "./validation.js";

async function validation(text: string | undefined, options = {}): Promise<Validation> {
  const directory = mkdtempSync(join(tmpdir(), "sloth-validate-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  if (text !== undefined) writeFileSync(join(directory, "w.lua"), text);
  const result = await validate({
    file: join(directory, "w.lua"),
    values: [],
    set: [],
    envFiles: [],
    ...options,
  });
  return { ...result, file: result.file.slice(directory.length) };
}

describe("validate", () => {
  it("counts what is in a valid workflow", async () => {
    const text = `TaskDefinitions = { a = { tasks = { t = { command = "x" }, u = { command = "x" } } }, b = { tasks = {} } }`;
    expect(await validation(text)).toEqual({
      valid: true,
      file: "/w.lua",
      groups: 2,
      tasks: 2,
      diagnostics: [],
    });
  });

  it("gives each mistake its place and the names that lead to it", async () => {
    const text = `TaskDefinitions = { g = {\n  tasks = { { name = "t", command = "x", timeout = 0 } },\n  env = 5 } }`;
    expect(await validation(text)).toEqual({
      valid: false,
      file: "/w.lua",
      groups: 0,
      tasks: 0,
      diagnostics: [
        {
          file: "w.lua",
          line: 2,
          column: 42,
          group: "g",
          task: "t",
          field: "timeout",
          message: expect.any(String),
        },
        { file: "w.lua", line: 3, column: 3, group: "g", field: "env", message: expect.any(String) },
      ],
    });
  });

  it.each([
    ["is not Lua", "x = ]", { line: 1, column: 5 }],
    ["raises an error", `\nerror("no")`, { line: 2 }],
    ["is not there", undefined, {}],
  ])("gives one mistake for a workflow that %s", async (_, text, place) => {
    const { valid, diagnostics } = await validation(text);
    expect(valid).toBe(false);
    expect(diagnostics).toEqual([{ file: "w.lua", ...place, message: expect.any(String) }]);
  });

  it("gives one mistake for values that cannot be read", async () => {
    const { diagnostics } = await validation(`TaskDefinitions = {}`, { values: ["/none.yaml"] });
    expect(diagnostics).toEqual([{ file: "w.lua", message: expect.stringContaining("/none.yaml") }]);
  });
});
