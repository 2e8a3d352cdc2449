import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHost } from "../testing/temporary-host.js";
import { commandWorkflow, load, loadError, openState, run } from "../testing/workflow-files.js";

describe("what a workflow can reach", () => {
  it.each([
    "package.loadlib",
    "package.cpath",
    "package.path",
    "package.searchers",
    "package.searchpath",
    "package.config",
    "debug.getregistry",
    "debug.getmetatable",
    "debug.setmetatable",
    "debug.getupvalue",
    "debug.setupvalue",
    "debug.upvaluejoin",
    "debug.sethook",
    "debug.getlocal",
    "debug.setlocal",
    "debug.getuservalue",
    "debug.debug",

    "require('debug').getregistry",
    "require('package').loadlib",
    "_G['@this']",
  ])("is not %s", async (name) => {
    expect(await run(`return ${name} == nil`)).toEqual({ success: true });
  });

  it.each([
    'load(dumped, "x", "b")',
    'load(dumped, "x", "bt")',
    "load(dumped)",
    "load(function() local part = dumped dumped = nil return part end)",
    'load(function() local part = dumped:sub(1, 1) dumped = dumped:sub(2) return part end, "x", "b")',
    "load('\\27Lua')",
    "loadstring(dumped)",
  ])("is not bytecode: %s", async (code) => {
    const outcome = await run(`dumped = string.dump(function() end) return ${code}`);
    expect(outcome.success).toBe(false);
    expect((await run(`dumped = string.dump(function() end) return assert(${code})`)).message).toContain(
      "attempt to load a binary chunk",
    );
  });

  it("is not bytecode in a file", async () => {
    const { outputs } = await run("return true, nil, string.dump(function() end, true)");
    const error = await loadError(outputs as Uint8Array);
    expect(error.code).toBe("SYNTAX");
    expect(error.message).toContain("binary chunk");
    const { call, host } = await openState(
      commandWorkflow("return pcall(import, 'code.lua') or pcall(require, 'code')"),
    );
    writeFileSync(join(host.workdir, "code.lua"), outputs as Uint8Array);
    expect(call().success).toBe(false);
  });

  it("is not the strings of another state", async () => {
    const first = await openState(
      commandWorkflow("getmetatable('').__index = { len = 1 } return ('x').upper == nil"),
    );
    expect(first.call()).toEqual({ success: true });
    expect(await run("return ('x'):upper() == 'X'")).toEqual({ success: true });
  });

  it.each([
    "('x').constructor",
    "values.constructor",
    "values.__proto__",
    "params.constructor",
    "ctx.toString",
    "exec.run('true').constructor",
    "fs.ls('.').constructor",
    "fs.stat('.').__proto__",
    "env.get('constructor')",
    "env.get('__proto__')",
    "env.get('toString')",
    "getmetatable(fs.read)",
    "getmetatable(params)",
  ])("is no object of JavaScript: %s", async (code) => {
    expect(await run(`return (${code}) == nil`)).toEqual({ success: true });
  });

  it("is no variable that every object has, while it is loaded", async () => {
    const { context } = await load(
      `for _, name in ipairs({ "constructor", "__proto__", "toString" }) do assert(env.get(name) == nil) end
       ${commandWorkflow("return true")}`,
    );
    expect(Object.keys(context.environment ?? {})).toEqual(["constructor", "__proto__", "toString"]);
  });

  it("is not the prototype of what the host reads", async () => {
    const { host, call } = await openState(
      commandWorkflow(`local evil = { polluted = true }
        local all = { __proto__ = evil, constructor = { prototype = evil }, list = { { __proto__ = evil } } }
        log.info("x", all) exec.run("true", { env = { __proto__ = "x", constructor = "x" } })
        return true, all, all`),
    );
    const { outputs } = call({ ["__proto__"]: { polluted: true } } as never);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    for (const table of [outputs, host.records[0]?.fields] as object[]) {
      expect(Object.getPrototypeOf(table)).toBeNull();
      expect(Object.keys(table).sort()).toEqual(["__proto__", "constructor", "list"]);
    }
  });
});

describe("what is handed to the host", () => {
  it("runs no code of the script", async () => {
    const { call, host } = await openState(
      commandWorkflow(`ran = nil
        local function run() ran = true end
        local trap = setmetatable({ shell = "sh" }, {
          __index = run, __pairs = run, __len = run, __tostring = run, __call = run, __name = "x", __eq = run })
        log.info("x", trap) exec.run("true", trap)
        if params.last then return not ran end
        return true, trap, trap`),
    );
    expect(call()).toMatchObject({ success: true, outputs: { shell: "sh" } });
    expect(call({ last: true })).toEqual({ success: true });
    expect(host.records).toHaveLength(2);
  });

  it("is not changed by finalizers while it is read", async () => {
    const { call } = await openState(
      commandWorkflow(`local outputs, ran = {}, 0
        for i = 1, 2000 do outputs["k" .. i] = setmetatable({}, {}) end
        local function litter() for i = 1, 2000 do
          setmetatable({}, { __gc = function() for key in next, outputs do outputs[key] = nil end outputs.more = 1 end })
        end end
        litter()
        local growing = {}
        for i = 1, 300000 do growing[i] = i end
        return true, nil, outputs`),
    );
    for (let i = 0; i < 20; i++) expect(call().success).toBe(true);
  });

  it("is nothing after the end: finalizers do not run any more", async () => {
    const { call, host, state } = await openState(
      commandWorkflow(`kept = setmetatable({}, { __gc = function() print("finalized") fs.write("late", "x") end })
        return true`),
    );
    expect(call()).toEqual({ success: true });
    state.close();
    expect(host.printed().toString()).toBe("");
    expect(readdirSync(host.workdir)).toEqual(["workflow.lua"]);
  });

  it.each([
    ["a table that holds itself", "local t = { a = {} } t.a.b = t", ".a.b is a table that contains itself"],
    [
      "tables 10,000 deep",
      "local t = {} for i = 1, 1e4 do t = { t } end",
      "is nested deeper than 100 levels",
    ],
    [
      "tables that double 90 times",
      "local t = {} for i = 1, 90 do t = { a = t, b = t } end",
      "is too large: more than ",
    ],
    ["300,000 keys", "local t = {} for i = 1, 3e5 do t['k' .. i] = i end", "is too large: more than "],
    ["a long text", "local t = { ('x'):rep(1e4):rep(1e4) }", "is too large: more than "],
    ["a function", "local t = { f = print }", ".f is a function"],
  ])("may be %s, which is refused", async (_, code, message) => {
    const { call } = await openState(
      commandWorkflow(`${code}
        if params.how == "outputs" then return true, nil, t end
        if params.how == "message" then return true, t end
        if params.how == "log" then log.info("x", { t = t }) end
        if params.how == "exec" then exec.run("true", { env = { t = t } }) end
        return true`),
    );
    for (const how of ["outputs", "message", "log", "exec"]) {
      const outcome = call({ how });
      expect(outcome.success).toBe(false);
      if (how !== "exec" || !message.startsWith("is too large")) expect(outcome.message).toContain(message);
    }
    expect(call()).toEqual({ success: true });
  });

  it("is cut where it is a text for a person", async () => {
    const cut = /^(workflow\.lua:2: )?x{65000,65536}… \(1000000\d\d bytes in all\)$/;
    expect((await run("return true, ('x'):rep(1e4):rep(1e4)")).message).toMatch(cut);
    expect((await run("return false, ('x'):rep(1e4):rep(1e4)")).message).toMatch(cut);
    expect((await run("error(('x'):rep(1e4):rep(1e4))")).message).toMatch(cut);
    expect((await run("error({ text = ('x'):rep(1e6) })")).message?.length).toBeLessThan(66_000);
    const { call, host } = await openState(commandWorkflow("log.info(('x'):rep(1e4):rep(1e4)) return true"));
    call();
    expect(host.records[0]?.message).toMatch(cut);
    expect((await loadError("error(('x'):rep(1e4):rep(1e4))")).message.length).toBeLessThan(66_000);
    expect((await loadError(`x = "${"x".repeat(1e6)}`)).message.length).toBeLessThan(66_000);
  });

  it("may hold NUL and control characters where it is data, and not where it is a path or a command", async () => {
    const text = "a\0b\u001b[31m\r\n\u0007";
    const { call, host } = await openState(
      commandWorkflow("log.info(params.text) return true, params.text, params"),
    );
    expect(call({ text })).toMatchObject({ success: true, message: text, outputs: { text } });
    expect(host.records[0]?.message).toBe(text);
    for (const code of [
      "fs.read('a\\0b')",
      "exec.run('true\\0')",
      "exec.run('true', { env = { A = 'a\\0b' } })",
    ])
      expect((await run(code)).message).toContain("NUL");
  });
});

/** Functions that may be called while a workflow is loaded: they compute, define, or tell whoever loads it. */
const HARMLESS =
  /^(string|table|math|utf8|coroutine|log|debug|data)\.|^(assert|collectgarbage|error|getmetatable|import|ipairs|load|loadstring|next|pairs|pcall|print|rawequal|rawget|rawlen|rawset|require|select|setmetatable|task|tonumber|tostring|type|unpack|warn|xpcall|env\.get|workflow\.define|os\.(clock|date|difftime|getenv|setlocale|time)|io\.(type|write|flush|close))$/;

/** Functions that read files, which are recorded, beside the workflow. */
const READING = /^(dofile|loadfile|fs\.(exists|read)|io\.(input|lines|open|read))$/;

describe("while a workflow is loaded", () => {
  const listing = `local names = {}
    local function visit(prefix, table, seen)
      for name, value in next, table do
        if type(value) == "function" then names[#names + 1] = prefix .. name
        elseif type(value) == "table" and not seen[value] then
          seen[value] = true
          visit(prefix .. name .. ".", value, seen)
        end
      end
    end
    visit("", _G, { [_G] = true, [package.loaded] = true, [TaskDefinitions] = true })
    for module, value in next, package.loaded do
      if type(value) == "table" and _G[module] ~= value then visit(module .. ".", value, { [_G] = true, [package.loaded] = true }) end
    end`;

  it("every function that touches the system is refused by its name", async () => {
    const { outputs } = await run(`${listing} return true, nil, names`);
    const names = (outputs as string[]).filter((name) => !HARMLESS.test(name) && !READING.test(name));
    expect(names).toContain("exec.run");
    expect(names).toContain("fs.write");
    for (const name of names) {
      const { message } = await loadError(`local problems = {}
        for _, arguments in ipairs({ { "a", "b" }, { "a" }, { 1 }, { { function() end } } }) do
          local called, problem = pcall(${name}, table.unpack(arguments))
          problems[#problems + 1] = called and "it ran" or problem
        end
        error(table.concat(problems, "; "))`);
      expect(message).not.toContain("it ran");
      // By the name of what opens the file, where that is another function.
      const named = name === "io.output" ? 'io.open with the mode "w"' : name;
      const refused = "(cannot run while the workflow is being loaded|is part of the language but not yet)";
      expect(message).toMatch(new RegExp(`${named.replaceAll(".", "\\.")} ${refused}`));
    }
  });

  it("nothing is written or started, not even by what catches errors", async () => {
    const { directory } = await load(`
      pcall(io.open, "made", "w") pcall(io.output, "made") pcall(io.popen, "touch made")
      for _, library in ipairs({ fs, exec, os, io }) do
        for _, f in next, library do pcall(f, "made", "made") end
      end
      coroutine.wrap(function() pcall(exec.run, "touch made") end)()
      setmetatable({}, { __gc = function() fs.write("made", "x") end })
      collectgarbage()
      ${commandWorkflow("return true")}`);
    expect(readdirSync(directory)).toEqual(["workflow.lua"]);
  });

  it("nothing reaches the host when it is loaded again for a task", async () => {
    const host = temporaryHost("/nowhere");
    const reached: string[] = [];
    host.begin = (kind) => reached.push(kind);
    host.fs.write = () => void reached.push("write");
    await openState(
      `pcall(exec.run, "x") pcall(fs.write, "x", "y") print("x") log.info("x") ${commandWorkflow("return true")}`,
      { host },
    );
    expect([reached, host.records, host.printed().length]).toEqual([[], [], 0]);
  });
});
