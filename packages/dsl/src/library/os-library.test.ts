import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandWorkflow, loadError, openState, run } from "../testing/workflow-files.js";

describe("os.execute", () => {
  it("shows the output and tells how it ended", async () => {
    const { host, call } = await openState(
      commandWorkflow(`return true, nil, { os.execute(), { os.execute("echo out; exit 3") },
        { os.execute("kill -TERM $$") }, { os.execute("true") } }`),
    );
    expect(call().outputs).toEqual([true, [null, "exit", 3], [null, "signal", 15], [true, "exit", 0]]);
    expect(String(host.printed())).toBe("out\n");
  });
});

describe("os.exit", () => {
  it.each([
    ["os.exit(3)", { success: false, exitCode: 3, message: "os.exit(3)" }],
    ["os.exit(false)", { success: false, exitCode: 1, message: "os.exit(1)" }],
    [
      "pcall(function() pcall(os.exit, 4) end) return true",
      { success: false, exitCode: 4, message: "os.exit(4)" },
    ],
    ["coroutine.wrap(os.exit)(5)", { success: false, exitCode: 5, message: "os.exit(5)" }],
    [
      "table.sort({ 1, 2 }, function() os.exit(6, true) end)",
      { success: false, exitCode: 6, message: "os.exit(6)" },
    ],
    ["os.exit(-1)", { success: false, exitCode: 255, message: "os.exit(255)" }],
    ["os.exit()", { success: true, exitCode: 0 }],
    ["os.exit(true) error()", { success: true, exitCode: 0 }],
    ["os.exit(0)", { success: true, exitCode: 0 }],
  ])("%s ends the task, whatever catches errors, and leaves this process alone", async (code, outcome) => {
    const { call } = await openState(commandWorkflow(code));
    expect(call()).toEqual(outcome);
    expect(process.exitCode).toBeUndefined();
    expect(call().message).toContain("unusable");
  });

  it("is an error for what is no code, and while the workflow is loaded", async () => {
    expect((await run('os.exit("x")')).message).toBe(
      "workflow.lua:2: bad argument #1 to 'exit' (number expected, got string)",
    );
    expect((await loadError("os.exit(0)")).diagnostics[0]?.message).toContain(
      "while the workflow is being loaded",
    );
  });
});

describe("os.remove and os.rename", () => {
  it("change files and empty directories, and give what failed", async () => {
    const { host, call } = await openState(
      commandWorkflow(`return true, nil, { os.rename("a", "b"), os.remove("b"), fs.mkdir("d") == nil and os.remove("d"),
        { os.rename("a", "b") }, { os.remove("b") } }`),
    );
    writeFileSync(join(host.workdir, "a"), "");
    expect(call().outputs).toEqual([
      true,
      true,
      true,
      [null, "a: No such file or directory", 2],
      [null, "b: No such file or directory", 2],
    ]);
  });
});

it("os.tmpname makes files of different names", async () => {
  const { outputs } = await run("return true, nil, { os.tmpname(), os.tmpname() }");
  const names = outputs as string[];
  expect(names.map((name) => existsSync(name))).toEqual([true, true]);
  expect(new Set(names).size).toBe(2);
});

it("os.setlocale knows one locale", async () => {
  const { outputs } = await run(
    'return true, nil, { os.setlocale(), os.setlocale(""), os.setlocale("C", "time"), os.setlocale("de_DE") == nil }',
  );
  expect(outputs).toEqual(["C", "C", "C", true]);
  expect((await run('os.setlocale("C", "x")')).message).toContain(
    "bad argument #2 to 'setlocale' (invalid option 'x')",
  );
});
