import { expect, it } from "vitest";
import { luaAttempt, taskAttempt } from "./attempts.js";
import { observe } from "./observe.js";
import type { ContractSubject } from "./subject.js";

/** The standard library where it meets the machine that the task runs on. */
export function describeLuaLibrary(subject: () => ContractSubject): void {
  it.each([
    ["os.exit(3)", { status: "failed", exitCode: 3, message: "os.exit(3)" }],
    ["pcall(os.exit, 4)", { status: "failed", exitCode: 4 }],
    ["coroutine.wrap(function() os.exit(true) end)()", { status: "succeeded" }],
  ])("ends the task by %s, and what runs it lives on", async (body, expected) => {
    const { result } = await observe(subject(), await luaAttempt(subject(), body));
    expect(result).toMatchObject(expected);
    const after = await observe(subject(), await luaAttempt(subject(), "return true"));
    expect(after.result.status).toBe("succeeded");
  });

  it("reads, writes and seeks in files of the workspace", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local f = assert(io.open("io.txt", "w+"))
       f:write("one 2.5\\n", 0x10, "\\nlast")
       f:seek("set")
       local word, number, line = f:read(3), f:read("n"), f:read("L")
       local rest = f:read("a")
       local kind = io.type(f) .. type(f)
       f:close()
       local a = assert(io.open("io.txt", "a+"))
       a:seek("set") a:write("!") a:seek("set", 0)
       local lines = {} for l in a:lines() do lines[#lines + 1] = l end
       return true, nil, { word, number, line, rest, kind, io.type(f) or "none", tostring(a == f), lines }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.outputs).toEqual([
      "one",
      2.5,
      "\n",
      "16\nlast",
      "fileuserdata",
      "closed file",
      "false",
      ["one 2.5", "16", "last!"],
    ]);
  });

  it("tells how commands of popen and execute ended", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local p = io.popen("echo out; exit 7")
       local said = p:read("a")
       local closed = { p:close() }
       local killed = { os.execute("kill -KILL $$") }
       return true, nil, { said, tostring(closed[1]), closed[2], closed[3], killed[2], killed[3] }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.outputs).toEqual(["out\n", "nil", "exit", 7, "signal", 9]);
  });

  it("writes what is printed byte for byte, each to its stream", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end
       print("a\\0b", nil) io.write(table.concat(all)) io.stderr:write("err\\n") return true`,
    );
    const { stdout, stderr } = await observe(subject(), attempt);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(stdout).toEqual(Buffer.concat([Buffer.from("a\0b\tnil\n"), all]));
    expect(stderr.toString()).toBe("err\n");
  });

  it("passes every byte through files, processes and params", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const attempt = await luaAttempt(
      subject(),
      `fs.write("bytes", params.bytes)
       local read = fs.read("bytes")
       local piped = exec.run("cat", { stdin = params.bytes }).stdout
       return read == params.bytes and piped == params.bytes, nil, piped`,
      { params: { bytes } },
    );
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
    expect(result.outputs).toEqual(bytes);
  });

  it("gives each of two tasks at once its own directory and environment", async () => {
    const body = `exec.run("sleep 0.1") fs.write("mine", env.get("WHO"))
      return true, nil, { exec.run("pwd; echo $WHO").stdout:match("([^/]*)$"), fs.read("mine") }`;
    const made = await luaAttempt(subject(), 'fs.mkdir("left") fs.mkdir("right") return true');
    await observe(subject(), made);
    const attempts = await Promise.all(
      ["left", "right"].map((workdir) =>
        luaAttempt(subject(), body, { workdir, env: { WHO: `I am ${workdir}` } }),
      ),
    );
    const seen = await Promise.all(attempts.map((attempt) => observe(subject(), attempt)));
    expect(seen.map(({ result }) => result.outputs)).toEqual([
      ["left\nI am left\n", "I am left"],
      ["right\nI am right\n", "I am right"],
    ]);
  });

  it("shares the globals of one task between its functions", async () => {
    const attempt = await taskAttempt(
      subject(),
      `pre_exec = function() shared = { 1 } return true end,
       command = function() shared[2] = 2 return true, nil, shared end,
       post_exec = function(params, output) shared[3] = 3 return #shared == 3 end`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", outputs: [1, 2] });
  });

  it("ends a string of a gigabyte and a recursion without end as failures", async () => {
    const cases = [
      'return true, ("x"):rep(1e9)',
      "local function f() return 1 + f() end f()",
      "local t = {} t.t = t return true, nil, t",
    ];
    const messages = [];
    for (const body of cases) {
      const { result } = await observe(subject(), await luaAttempt(subject(), body));
      messages.push(`${result.status}: ${result.message}`);
    }
    expect(messages).toEqual([
      expect.stringContaining("failed: not enough memory"),
      expect.stringContaining("stack overflow"),
      expect.stringContaining("outputs.t is a table that contains itself"),
    ]);
  });
}
