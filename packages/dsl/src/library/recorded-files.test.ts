import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeBundle } from "../bundle/encode-bundle.js";
import { loadWorkflow } from "../load/load-workflow.js";
import { openTaskState } from "../task/open-task-state.js";
import { temporaryHost } from "../testing/temporary-host.js";
import { caught, loadError, temporaryDirectory } from "../testing/workflow-files.js";

const root = temporaryDirectory();

/** Loads a workflow that describes its task by `expression`, here and again from its bundle alone. */
async function describeBy(expression: string, files: Record<string, string>) {
  const source = `TaskDefinitions = { g = { tasks = { t = { command = "x", description = tostring(${expression}) } } } }`;
  const path = join(mkdtempSync(join(root, "load-")), "flows/main.lua");
  for (const [name, text] of Object.entries({ "flows/main.lua": source, ...files })) {
    const file = join(dirname(path), "..", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const { workflow, bundle, context } = await loadWorkflow(path);
  const { file, modelHash } = workflow;
  // Throws where the model is another one.
  await openTaskState({
    bundle: encodeBundle(bundle),
    file,
    context,
    modelHash,
    host: temporaryHost(temporaryDirectory()),
  });
  return {
    description: workflow.groups[0]?.tasks[0]?.description,
    files: [...bundle.files.keys()].filter((name) => name !== file),
  };
}

describe("while a workflow is loaded", () => {
  const files = { "flows/version": "1.2\n3\n", "flows/part.lua": "return 'part'", VERSION: "above" };

  it.each([
    ['fs.read("version")', "1.2\n3\n", ["version"]],
    ['fs.read("./x/../version")', "1.2\n3\n", ["version"]],
    ['fs.read("../VERSION")', "above", ["../VERSION"]],
    ['select(2, fs.read("none"))', "No such file or directory", []],
    ['fs.exists("version")', "true", ["version"]],
    ['fs.exists("none")', "false", []],
    ['io.open("version"):read("n")', "1.2", ["version"]],
    ['select(3, io.open("none"))', "2", []],
    [
      '(function() local n = 0 for _ in io.lines("version") do n = n + 1 end return n end)()',
      "2",
      ["version"],
    ],
    ['dofile("part.lua")', "part", ["part.lua"]],
    ['loadfile("part.lua")()', "part", ["part.lua"]],
    ["io.stdout:write('') == io.stdout", "true", []],
  ])("%s reads from its directory, and the same again from the bundle", async (code, description, names) => {
    expect(await describeBy(code, files)).toEqual({ description, files: names });
  });

  it.each([
    'fs.read("/etc/passwd")',
    'fs.read("")',
    'fs.exists(".")',
    'io.open("/etc/passwd")',
    'io.open("x", "w")',
    'io.popen("true")',
    "io.tmpfile()",
    'io.lines("/etc/passwd")',
    'dofile("/x.lua")',
    'loadfile("/x.lua")',
    'os.execute("true")',
    'os.remove("x")',
    'os.rename("x", "y")',
    "os.tmpname()",
    'fs.stat("x")',
  ])("%s is refused at its line", async (code) => {
    const error = await loadError(`\n${code}`);
    expect(error.code).toBe("SCRIPT_ERROR");
    expect(error.diagnostics[0]?.line).toBe(2);
  });

  it("a directory or a pipe is no file to read", async () => {
    expect((await caught(describeBy('fs.read("d")', { "flows/d/x": "" }))).message).toContain(
      "not a regular file",
    );
  });
});
