import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHost } from "../testing/temporary-host.js";
import { commandWorkflow, openState, run, temporaryDirectory } from "../testing/workflow-files.js";

const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

describe("print and log", () => {
  it("print separates by tabs and keeps every byte", async () => {
    const { host, call } = await openState(
      commandWorkflow('print("a\\0b\\xff", nil, 1.0, {} ~= nil) print() return true'),
    );
    call();
    expect(host.printed()).toEqual(Buffer.from("a\0b\xff\tnil\t1.0\ttrue\n\n", "latin1"));
  });

  it("print uses __tostring, and its errors are the script's", async () => {
    const outcome = await run('print(setmetatable({}, { __tostring = function() error("no") end }))');
    expect(outcome).toMatchObject({ success: false, message: expect.stringMatching(/^workflow.lua:2: no$/) });
  });

  it("log has four levels and takes any message", async () => {
    const { host, call } = await openState(
      commandWorkflow(
        'log.debug("d", { a = { 1, 2 } }) log.info(42) log.warn(nil) log.error(true, nil) return true',
      ),
    );
    expect(call()).toEqual({ success: true });
    expect(host.records).toEqual([
      { level: "debug", message: "d", fields: { a: [1, 2] } },
      { level: "info", message: "42" },
      { level: "warn", message: "nil" },
      { level: "error", message: "true" },
    ]);
  });

  it.each([
    ["log.info()", "bad argument #1 to 'info' (value expected, got no value)"],
    ['log.info("x", 5)', "bad argument #2 to 'info' (table expected, got number)"],
    ['log.info("x", { f = print })', "fields.f is a function, which is not data"],
    ['log.info("x", { 1 })', "the fields of a log record need names, not positions"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });
});

describe("exec", () => {
  it("run gives a table", async () => {
    const outcome = await run(`return true, nil, exec.run("cat; echo $X; echo err >&2; pwd; exit 3",
      { stdin = "in\\n", env = { X = 5 }, workdir = "/", timeout = "5s", shell = "bash" })`);
    expect(outcome.outputs).toEqual({ success: false, stdout: "in\n5\n/\n", stderr: "err\n", exit_code: 3 });
  });

  it("run tells the signal, and keeps bytes", async () => {
    const outcome = await run('return true, nil, { exec.run("kill -9 $$"), exec.run("printf \'\\\\377\'") }');
    expect(outcome.outputs).toMatchObject([
      { signal: "SIGKILL" },
      { success: true, stdout: new Uint8Array([255]) },
    ]);
  });

  it("command quotes its arguments", async () => {
    const outcome = await run(`local out, err, problem = exec.command("printf %s,", "it's", "$HOME *", "")
      local _, _, failed = exec.command("exit 4")
      return problem == nil, failed, out`);
    expect(outcome).toEqual({ success: true, message: "exit code 4", outputs: "it's,$HOME *,," });
  });

  it.each([
    ["exec.run()", "bad argument #1 to 'run' (string expected, got no value)"],
    ["exec.run({})", "bad argument #1 to 'run' (string expected, got table)"],
    ['exec.run("x", 1)', "bad argument #2 to 'run' (table expected, got number)"],
    ['exec.run("x", { cwd = "/" })', 'exec.run: unknown option "cwd"'],
    ['exec.run("x", { workdr = "/" })', 'exec.run: unknown option "workdr". Did you mean "workdir"?'],
    ['exec.run("x", { timeout = "1" })', 'exec.run: timeout "1" has no unit; write "1s"'],
    ['exec.run("x", { env = { A = {} } })', "exec.run: env.A must be a string of valid UTF-8"],
    ['exec.run("x", { env = { ["A=B"] = "x" } })', 'exec.run: env has the impossible name "A=B"'],
    ['exec.run("x\\0y")', "argument #1 contains a NUL byte"],
    ['exec.command("x", nil)', "bad argument #2 to 'command' (string expected, got nil)"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });

  it("passes a failure to start on as a result", async () => {
    const host = temporaryHost(temporaryDirectory());
    const nothing = new Uint8Array();
    const outcome = { success: false, stdout: nothing, stderr: nothing, error: "no such directory" };
    host.begin = () => 1;
    host.next = () => ({ id: 1, outcome });
    const { call } = await openState(commandWorkflow('local r = exec.run("x") return r.success, r.error'), {
      host,
    });
    expect(call()).toEqual({ success: false, message: "no such directory" });
  });
});

describe("fs", () => {
  it("reads and writes bytes, relative to the working directory", async () => {
    const { host, call } = await openState(
      commandWorkflow(`assert(fs.mkdir("d/e") == nil)
        assert(fs.write("d/e/f", params.bytes) == nil)
        assert(fs.append("d/e/f", 42) == nil)
        assert(fs.copy("d/e/f", "d/g") == nil)
        assert(fs.move("d/g", "h") == nil)
        assert(fs.exists("h") == true and fs.exists("d/g") == false)
        assert(fs.stat("h").size == 258 and fs.stat("h").kind == "file")
        assert(fs.rm("h") == nil and fs.rm_r("missing") == nil)
        return fs.tmpname() ~= nil, table.concat(fs.ls("."), " "), fs.read("d/e/f")`),
    );
    expect(call({ bytes: allBytes })).toEqual({
      success: true,
      message: "d workflow.lua",
      outputs: new Uint8Array([...allBytes, 0x34, 0x32]),
    });
    expect(readFileSync(join(host.workdir, "d/e/f")).length).toBe(258);
  });

  it("gives value, err where something is read, and err where something is changed", async () => {
    const outcome = await run(`local value, problem = fs.read("missing")
      local list, no_list = fs.ls("missing")
      local change = fs.write("missing/x", "y")
      return value == nil and list == nil and type(no_list) == "string" and type(change) == "string", problem`);
    expect(outcome).toEqual({ success: true, message: "No such file or directory" });
  });

  it("globs in the working directory", async () => {
    const { host, call } = await openState(commandWorkflow('return true, nil, fs.glob("*")'));
    mkdirSync(join(host.workdir, "x"));
    writeFileSync(join(host.workdir, "a"), "");
    expect(call().outputs).toEqual(["a", "workflow.lua", "x"]);
  });

  it.each([
    ["fs.read(nil)", "bad argument #1 to 'read' (string expected, got nil)"],
    ["fs.read()", "bad argument #1 to 'read' (string expected, got no value)"],
    ['fs.write("x")', "bad argument #2 to 'write' (string expected, got no value)"],
    ["fs.mkdir({})", "bad argument #1 to 'mkdir' (string expected, got table)"],
    ['fs.read("a\\0b")', "argument #1 contains a NUL byte"],
    ['fs.read("\\xff")', "argument #1 is not valid UTF-8"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });

  it("works in coroutines, sort, gsub and metamethods", async () => {
    const outcome = await run(`fs.write("x", "v")
      local seen = {}
      coroutine.wrap(function() seen[1] = fs.read("x") coroutine.yield() end)()
      table.sort({ 2, 1 }, function(a, b) seen[2] = fs.read("x") return a < b end)
      string.gsub("a", "a", function() seen[3] = fs.read("x") end)
      seen[4] = setmetatable({}, { __index = function() return fs.read("x") end }).y
      return true, nil, seen`);
    expect(outcome.outputs).toEqual(["v", "v", "v", "v"]);
  });
});

describe("what a script cannot reach", () => {
  it.each([
    ["load(string.dump(function() end))", "attempt to load a binary chunk"],
    ['load(string.dump(function() end), "x", "b")', "attempt to load a binary chunk"],
  ])("%s is refused", async (code, message) => {
    expect((await run(`return assert(${code})`)).message).toContain(message);
  });

  it("load compiles text, with and without an environment", async () => {
    const outcome = await run(
      'x = 1 return true, nil, { load("return x")(), load("return x", "c", "t", { x = 2 })() }',
    );
    expect(outcome.outputs).toEqual([1, 2]);
  });

  it("package and debug hold nothing dangerous", async () => {
    const outcome = await run(`local names = {}
      for _, t in ipairs({ package, debug }) do for k in pairs(t) do names[#names + 1] = k end end
      table.sort(names) return true, nil, names`);
    expect(outcome.outputs).toEqual(["getinfo", "loaded", "preload", "traceback"]);
  });

  it("require knows the built-in modules", async () => {
    expect(
      await run('return require("log") == log and require("fs") == fs and require("string") == string'),
    ).toEqual({
      success: true,
    });
  });

  it("os keeps the clock", async () => {
    const outcome = await run(
      'return os.time() > 1.7e9 and os.difftime(2, 1) == 1 and os.date("!%Y", 0) == "1970" and os.clock() >= 0 and os.date() ~= ""',
    );
    expect(outcome).toEqual({ success: true });
    expect((await run("return true, os.time({ year = 2020 })")).message).toMatch(
      /^workflow.lua:2: field 'month' missing in date table$/,
    );
  });
});
