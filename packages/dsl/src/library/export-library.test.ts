import { describe, expect, it } from "vitest";
import { temporaryHost } from "../testing/temporary-host.js";
import { commandWorkflow, loadError, openState, run, temporaryDirectory } from "../testing/workflow-files.js";

describe("export", () => {
  it("hands values to the host", async () => {
    const { host, call } = await openState(
      commandWorkflow(
        'export{ a = 1, list = data.array({}) } require("export")({ b = { "x" } }) return true',
      ),
    );
    expect(call()).toEqual({ success: true });
    expect(host.exported).toEqual([{ a: 1, list: [] }, { b: ["x"] }]);
  });

  it("hands on what a task has exported that was run elsewhere", async () => {
    const exported: unknown[] = [];
    const none = new Uint8Array();
    const outcome = { success: true, stdout: none, stderr: none, exports: { a: 1 } };
    const host = {
      ...temporaryHost(temporaryDirectory()),
      delegates: true,
      export: (values: unknown) => void exported.push(values),
      begin: () => 1,
      next: () => ({ id: 1, outcome }),
    };
    const body = 'return (task("x"):command("true"):delegate_to("localhost:1"):run())';
    expect((await openState(commandWorkflow(body), { host })).call()).toEqual({ success: true });
    expect(exported).toEqual([{ a: 1 }]);
  });

  it.each([
    ["export()", "bad argument #1 to 'export' (table expected, got no value)"],
    ['export("x")', "bad argument #1 to 'export' (table expected, got string)"],
    ["export{ 1 }", "export: the values need names, not positions"],
    ["export{ f = { print } }", "exports.f[1] is a function, which is not data"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });

  it("is refused while the workflow is loaded", async () => {
    expect((await loadError("export{ a = 1 }")).message).toMatch(
      /workflow.lua:1: export cannot run while the workflow is being loaded; call it inside a command function/,
    );
  });
});
