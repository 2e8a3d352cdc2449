import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBundle } from "../bundle/encode-bundle.js";
import { temporaryHost } from "../testing/temporary-host.js";
import { commandWorkflow, load, temporaryDirectory } from "../testing/workflow-files.js";
import { openWorkflowState, type WorkflowState } from "./workflow-state.js";

async function open(source: string): Promise<WorkflowState> {
  const { workflow, bundle, context } = await load(source);
  const { file, modelHash } = workflow;
  const state = await openWorkflowState({ bundle: encodeBundle(bundle), file, modelHash, context });
  state.remember();
  return state;
}

/** One task after the other in one state; what each has returned and printed. */
function serve(state: WorkflowState, workdir: string, params: Record<string, string>) {
  const host = temporaryHost(workdir);
  const task = state.openTask(host);
  const ctx = { name: "t", group: "g", workdir, attempt: 1, runId: "r1" };
  const outcome = task.call({ group: "g", task: "t", field: "command" }, { params, deps: {}, ctx });
  task.close();
  return { outcome, printed: host.printed().toString() };
}

/** Ways to leave something behind for whoever comes next. */
const TRACES = {
  global: "planted = true",
  library: "string.rep = function() return 'planted' end fs.read = nil math = nil",
  metatable: "getmetatable('').__index = { upper = function() return 'planted' end }",
  upvalue: "counter = counter + 1 kept[#kept + 1] = 'planted'",
  module: "package.loaded.planted = 'planted'",
  file: "left = io.open('left.txt', 'w') left:write('planted')",
  output: "io.output(io.open('out.txt', 'w')) print('planted') io.write('planted')",
  command: "io.popen('cat > /dev/null', 'w'):write('planted')",
  closed: "io.stdout:close()",
  coroutine: "waiting = coroutine.wrap(function() coroutine.yield('planted') end) waiting()",
  memory: "kept[1] = ('planted'):rep(100000)",
  finalizer: "setmetatable({}, { __gc = function() print('planted') end })",
  error: "error({ 'planted' })",
  random: "math.randomseed(42)",
} as const;

const PROBE = `
  local seen = {}
  for name in pairs(_G) do seen[#seen + 1] = name end
  table.sort(seen)
  local ok, upper = pcall(function() return ("a"):upper() end)
  local modules = {}
  for name in pairs(package.loaded) do modules[#modules + 1] = name end
  table.sort(modules)
  io.write("written")
  local handle = io.open("probe.txt", "w")
  handle:write("x")
  handle:close()
  return true, nil, {
    globals = seen, modules = modules, upper = tostring(upper), counter = counter, kept = #kept,
    rep = ("x"):rep(3), read = type(fs.read), file = tostring(waiting), popen = io.popen("echo hi"):read("a"),
  }`;

const SOURCE = commandWorkflow(`
  if params.leave == "probe" then ${PROBE} end
  ${Object.entries(TRACES)
    .map(([name, code]) => `if params.leave == "${name}" then ${code} end`)
    .join("\n")}
  return true`).replace(/^/, "local counter, kept = 0, {}\n");

describe("a state that serves one task after the other", () => {
  it("is for each as if the workflow had been loaded for it alone", { timeout: 120_000 }, async () => {
    const workdir = temporaryDirectory();
    const expected = serve(await open(SOURCE), workdir, { leave: "probe" });
    expect(expected.outcome).toMatchObject({ success: true, outputs: { counter: 0, kept: 0, upper: "A" } });
    const traces = fc.array(fc.constantFrom(...Object.keys(TRACES)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(traces, async (leaves) => {
        const state = await open(SOURCE);
        for (const leave of leaves) {
          serve(state, workdir, { leave });
          expect(state.reset()).toBe(true);
        }
        expect(serve(state, workdir, { leave: "probe" })).toEqual(expected);
      }),
      { numRuns: 40, examples: Object.keys(TRACES).map((name) => [[name]]) },
    );
  });

  it("draws other random numbers for each", async () => {
    const state = await open(commandWorkflow("return true, nil, math.random(1 << 62)"));
    const drawn = [1, 2, 3].map(() => {
      const { outcome } = serve(state, temporaryDirectory(), {});
      expect(state.reset()).toBe(true);
      return outcome.outputs;
    });
    expect(new Set(drawn).size).toBe(3);
  });

  it("reaches the host of the task that it serves", async () => {
    const state = await open(commandWorkflow("return true, nil, fs.read('mine.txt')"));
    for (const content of ["one", "two"]) {
      const workdir = temporaryDirectory();
      writeFileSync(join(workdir, "mine.txt"), content);
      expect(serve(state, workdir, {}).outcome.outputs).toBe(content);
      expect(state.reset()).toBe(true);
    }
  });

  it.each([
    ["a script has ended its process", "os.exit(3)"],
    ["its memory has grown by much", "kept = ('x'):rep(1 << 26)"],
  ])("serves no other once %s", async (_, body) => {
    const state = await open(commandWorkflow(`${body} return true`));
    serve(state, temporaryDirectory(), {});
    expect(state.reset()).toBe(false);
  });

  it("serves no other where a file is open since loading, which is read from where it was left", async () => {
    const source = `local self = io.open("workflow.lua")\n${commandWorkflow("return true, nil, self:read()")}`;
    const state = await open(source);
    const { outcome } = serve(state, temporaryDirectory(), {});
    expect(outcome.outputs).toContain("local self");
    expect(state.reset()).toBe(false);
  });
});
