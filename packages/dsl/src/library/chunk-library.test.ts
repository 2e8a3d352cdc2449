import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandWorkflow, openState, run } from "../testing/workflow-files.js";

async function runBeside(files: Record<string, string>, body: string) {
  const { host, call } = await openState(commandWorkflow(body));
  mkdirSync(join(host.workdir, "lib"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(host.workdir, name), text);
  return call();
}

describe("dofile", () => {
  it("runs a file of the working directory and gives what it returns", async () => {
    const files = { "lib/two.lua": "\ufeff#!/usr/bin/lua\nglobal = ... return 1, 2" };
    const { outputs } = await runBeside(
      files,
      'local all = { dofile("lib/two.lua") } return true, nil, { all, global == nil }',
    );
    expect(outputs).toEqual([[1, 2], true]);
  });

  it("names the file in errors: short, as it was given or below the working directory", async () => {
    const files = { "lib/bad.lua": "\nerror('no')", "lib/syntax.lua": "x =" };
    const { outputs } = await runBeside(
      files,
      `local all = {}
      for _, path in ipairs({ "lib/bad.lua", params.workdir .. "/lib/bad.lua", "lib/syntax.lua", "none" }) do
        all[#all + 1] = select(2, pcall(dofile, path))
      end
      return true, nil, all`,
    );
    expect(outputs).toEqual([
      "lib/bad.lua:2: no",
      "lib/bad.lua:2: no",
      "lib/syntax.lua:1: unexpected symbol near <eof>",
      "cannot open none: No such file or directory",
    ]);
  });

  it("can be yielded across", async () => {
    const { outputs } = await runBeside(
      { "y.lua": "local x = coroutine.yield(1) return x + 1" },
      'local f = coroutine.wrap(dofile) return true, nil, { f("y.lua"), f(5) }',
    );
    expect(outputs).toEqual([1, 6]);
  });
});

describe("loadfile", () => {
  it("gives a function, with an environment of its own where one is given", async () => {
    const { outputs } = await runBeside(
      { "f.lua": "return x, ..." },
      'x = "global" return true, nil, { { loadfile("f.lua")(1) }, { loadfile("f.lua", "bt", { x = "own" })(2) } }',
    );
    expect(outputs).toEqual([
      ["global", 1],
      ["own", 2],
    ]);
  });

  it("gives nil and the reason for what is not there, has mistakes, or is bytecode", async () => {
    const { outputs } = await runBeside(
      { "s.lua": "x =", "t.lua": "return 1" },
      `io.open("b.lua", "wb"):write(string.dump(function() end)):close()
      return true, nil, { { loadfile("none") }, { loadfile("s.lua") }, { loadfile("b.lua") }, { loadfile("b.lua", "b") }, { loadfile("t.lua", "b") } }`,
    );
    expect(outputs).toEqual([
      [null, "cannot open none: No such file or directory"],
      [null, "s.lua:1: unexpected symbol near <eof>"],
      [null, expect.stringContaining("attempt to load a binary chunk")],
      [null, "b.lua: attempt to load a text chunk (mode is 'b')"],
      [null, "t.lua: attempt to load a text chunk (mode is 'b')"],
    ]);
  });
});

it("what Lua 5.1 had is there", async () => {
  const { outputs } = await run(
    'return true, nil, { unpack({ 1, 2 }) == 1, loadstring("return 3")(), (loadstring("x =")) == nil, table.getn({ 4, 5 }) }',
  );
  expect(outputs).toEqual([true, 3, true, 2]);
});
