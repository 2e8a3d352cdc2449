import type { LuaTable, LuaValue } from "@sloth/dsl";
import { expect, it } from "vitest";
import { ReturnedValues } from "./returned-values.js";

it("gives what tasks returned and exported, exactly", () => {
  const values = new ReturnedValues();
  const finish = (
    group: string,
    name: string,
    {
      outputs,
      exports,
      status = "succeeded" as const,
    }: {
      outputs?: LuaValue;
      exports?: LuaTable;
      status?: "succeeded" | "failed";
    },
  ) =>
    values.take({
      timeMs: 0,
      type: "task-finished",
      task: { group, name, dependsOn: [], at: { file: "w.lua", line: 1 } },
      attempt: 1,
      durationMs: 1,
      result: { status, ...(outputs !== undefined && { outputs }), ...(exports && { exports }) },
    });
  finish("a", "one", {
    outputs: { list: [], none: null, big: 2n ** 60n, float: 2 ** 60 },
    exports: { x: 1, y: 1 },
  });
  finish("a", "__proto__", { outputs: Uint8Array.of(255) });
  finish("b", "nothing", { exports: { x: 2 } });
  finish("b", "bad", { status: "failed", outputs: 1, exports: { why: "no" } });
  values.take({
    timeMs: 0,
    type: "function-finished",
    task: { group: "b", name: "on_complete", dependsOn: [], at: { file: "w.lua", line: 1 } },
    durationMs: 1,
    result: { status: "succeeded", outputs: 1, exports: { summary: "all" } },
  });
  expect(values.document).toBe(
    '{"outputs":{"a":{"one":{"list":[],"none":null,"big":1152921504606846976,"float":1152921504606847000.0},' +
      '"__proto__":{"base64":"/w=="}},"b":{"nothing":null}},"exports":{"x":2,"y":1,"why":"no","summary":"all"}}',
  );
});
