import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandWorkflow, openState, run } from "../testing/workflow-files.js";

/** The outputs of a command with this body, which returns what it has to say. */
async function outputsOf(body: string, files: Record<string, string> = {}) {
  const { host, call } = await openState(commandWorkflow(`return true, nil, (function() ${body} end)()`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(host.workdir, name), text);
  const outcome = call();
  expect(outcome.message).toBeUndefined();
  return {
    outputs: outcome.outputs,
    host,
    read: (name: string) => readFileSync(join(host.workdir, name), "utf8"),
  };
}

describe("io.open", () => {
  it.each([
    ["r", "old", ["EBADF", "old"]],
    ["r+", "NEW", ["written", "old"]],
    ["w", "NEW", ["written", "EBADF"]],
    ["w+", "NEW", ["written", ""]],
    ["a", "oldNEW", ["written", "EBADF"]],
    ["a+b", "oldNEW", ["written", "old"]],
  ])("with the mode %s reads and writes as C does", async (mode, content, seen) => {
    const { outputs, read } = await outputsOf(
      `local f <close> = io.open("file", "${mode}")
      local text, _, bad_read = f:read("a")
      f:seek("set")
      local written, _, bad_write = f:write("NEW")
      return { written and "written" or bad_write == 9 and "EBADF", text or bad_read == 9 and "EBADF" }`,
      { file: "old" },
    );
    expect(outputs).toEqual(seen);
    expect(read("file")).toBe(content);
  });

  it("gives what failed, the message and its number", async () => {
    const { outputs } = await outputsOf(
      `return { { io.open("none") }, { io.open("none/x", "w") }, { io.open("") }, { io.open(".", "w") } }`,
    );
    expect(outputs).toEqual([
      [null, "none: No such file or directory", 2],
      [null, "none/x: No such file or directory", 2],
      [null, ": No such file or directory", 2],
      [null, expect.stringMatching(/^\.: /), 21],
    ]);
  });

  it("keeps every byte", async () => {
    const bytes = "local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end local all = table.concat(t)";
    const { outputs } = await outputsOf(`${bytes}
      io.open("file", "wb"):write(all):close()
      return io.open("file", "rb"):read("a") == all`);
    expect(outputs).toBe(true);
  });

  it("shows what is written to other readers and to processes at once", async () => {
    const { outputs } = await outputsOf(
      `local f = io.open("file", "w")
      f:write("a", 1, 1.5, "\\n")
      return { fs.read("file"), exec.command("cat file") , io.open("file"):read() }`,
    );
    expect(outputs).toEqual(["a11.5\n", "a11.5\n", "a11.5"]);
  });

  it("has a bound on how many files are open, which closing and collecting raises", async () => {
    const { outputs } = await outputsOf(
      `local kept, message, code = {}
      repeat kept[#kept + 1], message, code = io.open("file") until message or #kept > 2000
      kept = nil
      collectgarbage()
      return { message, code, io.type(io.open("file")) }`,
      { file: "" },
    );
    expect(outputs).toEqual(["file: Too many open files", 24, "file"]);
  });
});

describe("a handle", () => {
  it("is a userdata that says what it is", async () => {
    const { outputs } = await outputsOf(`local f = io.tmpfile()
      local open = tostring(f)
      f:close()
      return { type(f), open, tostring(f), io.type(f), io.type(io.stdin), tostring(io.type(5)), getmetatable(f).__name }`);
    expect(outputs).toEqual([
      "userdata",
      expect.stringMatching(/^file \(0x[0-9a-f]+\)$/),
      "file (closed)",
      "closed file",
      "file",
      "nil",
      "FILE*",
    ]);
  });

  it("is closed at the end of its scope, and by the collector", async () => {
    const { outputs } = await outputsOf(`local kept
      do local f <close> = io.open("a", "w") kept = f end
      for _ = 1, 3000 do io.open("a") if _ % 400 == 0 then collectgarbage() end end
      return { io.type(kept), io.type(io.open("a")) }`);
    expect(outputs).toEqual(["closed file", "file"]);
  });

  it.each([
    ["io.tmpfile().close()", "bad argument #1 to 'close' (FILE* expected, got no value)"],
    ["io.stdout.write({}, 1)", "bad argument #1 to 'write' (FILE* expected, got table)"],
    ["local f = io.tmpfile() f:close() f:read()", "attempt to use a closed file"],
    ["io.stdout:write({})", "bad argument #1 to 'write' (string expected, got table)"],
    ['io.stdin:read("x")', "bad argument #1 to 'read' (invalid format)"],
    ["io.stdin:read(1.5)", "bad argument #1 to 'read' (number has no integer representation)"],
    ['io.stdin:seek("middle")', "bad argument #1 to 'seek' (invalid option 'middle')"],
    ['io.stdin:setvbuf("some")', "bad argument #1 to 'setvbuf' (invalid option 'some')"],
    ['io.open("x", "rw")', "bad argument #2 to 'open' (invalid mode)"],
    ["io.open()", "bad argument #1 to 'open' (string expected, got no value)"],
    ['io.popen("x", "r+")', "bad argument #2 to 'popen' (invalid mode)"],
    ['io.lines("none")', "cannot open file 'none' (No such file or directory)"],
    ['io.input("none")', "cannot open file 'none' (No such file or directory)"],
    ['io.output("f"):close() io.write()', "default output file is closed"],
    ["io.type()", "bad argument #1 to 'type' (value expected)"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });
});

describe("reading", () => {
  it("has numbers, lines, counts and all of it, up to what is not there", async () => {
    const { outputs } = await outputsOf(
      `local f = io.open("file")
      local seen = table.pack(f:read("n", "*n", "l", "L", 2, "*a", "l", "l"))
      return { n = seen.n, list = { table.unpack(seen, 1, 6) } }`,
      { file: "12 -1.5e1 rest\nline\nxyz\n" },
    );
    expect(outputs).toEqual({ n: 7, list: [12, -15, " rest", "line\n", "xy", "z\n"] });
  });

  it("goes line by line, with formats, and closes what it has opened", async () => {
    const { outputs } = await outputsOf(
      `local seen = {}
      for line in io.lines("file") do seen[#seen + 1] = line end
      for a, b in io.lines("file", 1, "L") do seen[#seen + 1] = a .. "," .. b end
      local next_line, _, _, f = io.lines("file")
      for line in next_line, nil, nil, f do break end
      return { seen, io.type(f), (pcall(next_line)) }`,
      { file: "one\ntwo" },
    );
    expect(outputs).toEqual([["one", "two", "o,ne\n", "t,wo"], "closed file", false]);
  });

  it("has the default files", async () => {
    const { outputs, read } = await outputsOf(
      `io.input("file") io.output("out")
      local first = io.read()
      for line in io.lines() do io.write(first, "+", line) end
      return { io.close(), io.close(io.input()), io.input(io.stdin):read("a"), io.output(io.stdout) == io.stdout }`,
      { file: "one\ntwo" },
    );
    expect(outputs).toEqual([true, true, "", true]);
    expect(read("out")).toBe("one+two");
  });
});

describe("the standard streams", () => {
  it("write like print, and to standard error", async () => {
    const { host } = await outputsOf(
      `io.write("a", 1) print("b") io.stdout:write("c"):write("d") io.stderr:write("e") return true`,
    );
    expect(String(host.printed())).toBe("a1b\ncd");
    expect(String(host.warned())).toBe("e");
  });

  it("have no positions, and stay open", async () => {
    const { outputs } = await outputsOf(
      `return { { io.stdout:seek() }, { io.stdout:close() }, io.stdout:flush(), io.flush(), io.stdin:read() == nil }`,
    );
    expect(outputs).toEqual([
      [null, "Illegal seek", 29],
      [null, "cannot close standard file"],
      true,
      true,
      true,
    ]);
  });
});

describe("io.popen", () => {
  it("reads what a command writes, without showing it, and tells how it ended", async () => {
    const { outputs, host } = await outputsOf(
      `local f = io.popen("echo one; echo two; echo err >&2; exit 3")
      local lines = {}
      for line in f:lines() do lines[#lines + 1] = line end
      return { lines, { f:close() }, { io.popen("kill -9 $$"):close() }, { io.popen("true"):close() } }`,
    );
    expect(outputs).toEqual([
      ["one", "two"],
      [null, "exit", 3],
      [null, "signal", 9],
      [true, "exit", 0],
    ]);
    expect(String(host.printed())).toBe("");
    expect(String(host.warned())).toBe("err\n");
  });

  it("runs a command that is written to when it is closed", async () => {
    const { outputs, host, read } = await outputsOf(
      `local f = io.popen("tee copy; exit 2", "w")
      f:write("a", 1):write("b\\n")
      local before = fs.exists("copy")
      return { before, { f:read() }, { f:close() } }`,
    );
    expect(outputs).toEqual([false, [null, "Bad file descriptor", 9], [null, "exit", 2]]);
    expect(read("copy")).toBe("a1b\n");
    expect(String(host.printed())).toBe("a1b\n");
  });
});

it("io is what require gives", async () => {
  expect(await run('return require("io") == io and require("os") == os')).toEqual({ success: true });
});

it("closing the state closes its files", async () => {
  const { state, host, call } = await openState(commandWorkflow('kept = io.open("f", "w") return true'));
  let closed = 0;
  const { open } = host.fs;
  host.fs.open = (path, mode) => ({ ...open(path, mode), close: () => void closed++ });
  call();
  state.close();
  state.close();
  expect(closed).toBe(1);
});
