import { expect, it } from "vitest";
import { luaAttempt } from "./attempts.js";
import { processesWith, uniqueSleep } from "./living-processes.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

/** Lua that makes `meet(name, other)`: a script that ends when the other one is there too. */
const MEET = `local place = fs.tmpname() fs.mkdir(place)
  local function meet(name, other)
    return ("touch %s/%s; until [ -e %s/%s ]; do sleep 0.02; done; echo %s"):format(place, name, place, other, name)
  end
`;

/** Lua of the body of each place in which Lua cannot wait for a promise; `call()` runs a process there. */
const PLACES: [string, string][] = [
  ["table.sort", "local t = { 2, 1 } table.sort(t, function(a, b) call() return a < b end)"],
  ["string.gsub", '("x"):gsub("x", call)'],
  ["tostring", "tostring(setmetatable({}, { __tostring = call }))"],
  ["a coroutine", "coroutine.wrap(function() coroutine.yield(call()) end)()"],
  ["__index", "local _ = setmetatable({}, { __index = call }).field"],
  ["__close", "do local x <close> = setmetatable({}, { __close = call }) end"],
  ["__lt", "local o = setmetatable({}, { __lt = call }) local _ = o < o"],
  ["a loader of require", 'package.preload.made = function() call() return {} end require("made")'],
  ["a reader of load", 'load(function() call() return nil end, "chunk")'],
];

export function describeParallel(subject: () => ContractSubject): void {
  it.each(PLACES)("runs a process inside of %s", async (_, place) => {
    const attempt = await luaAttempt(
      subject(),
      `local ran local function call() ran = exec.run("echo here").stdout return ran end ${place} return true, ran`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "here\n" });
  });

  it.each(PLACES)("runs a process inside of %s in a branch", async (_, place) => {
    const attempt = await luaAttempt(
      subject(),
      `local function branch()
         local ran local function call() ran = exec.run("echo here").stdout return ran end ${place} return true, ran
       end
       local results = parallel({ branch, branch })
       return true, results[1].message .. results[2].message`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "here\nhere\n" });
  });

  it("runs branches at the same time, closures and commands, and keeps their outputs apart", async () => {
    const attempt = await luaAttempt(
      subject(),
      `${MEET} local mine = "closed over"
       local results, err = parallel({
         function() return true, exec.run(meet("a", "b")).stdout, { mine } end,
         { name = "second", command = meet("b", "a") },
       })
       return err == nil, results[1].message, { results[1].outputs, results[2].outputs.stdout, results[2].name }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "a\n" });
    expect(result.outputs).toEqual([["closed over"], "b\n", "second"]);
  });

  it("runs a parallel inside of a branch beside the other branches", async () => {
    const attempt = await luaAttempt(
      subject(),
      `${MEET}
       local results = parallel({
         deep = function()
           local inner = parallel({ { command = meet("a", "c") }, { command = meet("b", "a") } })
           return inner[1].success and inner[2].success
         end,
         flat = function() local ok, ran = pcall(exec.run, meet("c", "b")) return ok and ran.success end,
       })
       return results.deep.success and results.flat.success`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
  });

  it("runs no more branches at once than it is told", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local now, most, branches = 0, 0, {}
       for i = 1, 6 do branches[i] = function()
         now = now + 1 most = math.max(most, now) exec.run("true") now = now - 1 return true
       end end
       local _, err = parallel(branches, { max_parallel = 2 })
       return err == nil, tostring(most)`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "2" });
  });

  it("tells of each branch that fails, and lets the others end", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local results, err = parallel({
         { name = "exits", command = "exit 3" },
         function() error({ code = 5 }) end,
         function() return "yes" end,
         function() coroutine.yield() end,
         function() return false, "said so" end,
         function() exec.run("true") return true, "fine" end,
       })
       return true, err, results`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result.message).toContain("5 of 6 failed: exits (exit code 3), 2 ({code = 5})");
    expect(result.outputs).toMatchObject([
      { name: "exits", success: false, outputs: { exit_code: 3 } },
      { success: false, message: "{code = 5}", traceback: expect.stringContaining("workflow.lua:") },
      { success: false, message: expect.stringContaining("true or false") },
      { success: false, message: expect.stringContaining("cannot yield") },
      { success: false, message: "said so" },
      { success: true, message: "fine" },
    ]);
  });

  it("ends the processes of all branches when the task is cancelled", async () => {
    const seconds = uniqueSleep();
    const attempt = await luaAttempt(
      subject(),
      `parallel({ { command = "echo up; sleep ${seconds}" }, function() exec.run("sleep ${seconds}") return true end })`,
    );
    const { result } = await observeCancelled(subject(), attempt);
    expect(result.status).toBe("cancelled");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("runs a task by hand", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local ok, message, outputs = task("shell"):command("echo $WHO; pwd; exit 4"):env({ WHO = "me" }):workdir("/"):run()
       local lua = { task("lua"):params({ x = 1 }):command(function(this, params) return true, this.name, params end):run() }
       return true, message, { ok, outputs.stdout, outputs.exit_code, lua }`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "exit code 4" });
    expect(result.outputs).toEqual([
      false,
      "me\n/\n",
      4,
      [true, "lua", expect.objectContaining({ x: 1, task_name: "lua", group_name: "contract" })],
    ]);
  });
}
