import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { temporaryDirectory, writeWorkflow } from "../testing/workflow-files.js";
import { loadWorkflow } from "./load-workflow.js";

/** Everything that loading can draw from: hash order, random numbers, the clock, addresses. */
const SOURCE = `local keys, names = {}, {}
for i = 1, 200 do keys["key" .. i] = true keys[{}] = true end
for key in pairs(keys) do names[#names + 1] = type(key) == "string" and key or "t" end
TaskDefinitions = { g = { tasks = { t = {
  command = function() end,
  description = table.concat(names) .. math.random(1 << 40) .. os.time() .. os.date("!%c") .. tostring(keys) .. os.clock(),
} } } }`;

const MODULE = new URL("../../dist/index.js", import.meta.url).href;
const program = (path: string): string => `
  const { loadWorkflow } = await import(${JSON.stringify(MODULE)});
  const { workflow } = await loadWorkflow(${JSON.stringify(path)}, { context: { clockMs: 1700000000000 } });
  const hash = workflow.modelHash;`;

describe("loading in another place with the same load context", () => {
  const path = writeWorkflow(SOURCE);
  const here = async (): Promise<string> =>
    (await loadWorkflow(path, { context: { clockMs: 1_700_000_000_000 } })).workflow.modelHash;

  it("gives the same model in a process with another path, directory and environment", async () => {
    const directory = join(temporaryDirectory(), "a".repeat(120));
    mkdirSync(directory);
    const script = join(directory, "script.mjs");
    writeFileSync(script, `${program(path)}\nprocess.stdout.write(hash);`);
    const env = { PATH: process.env.PATH, LANG: "de_DE.UTF-8", HOME: "/", LONG: "x".repeat(5000) };
    expect(execFileSync(process.execPath, [script], { cwd: directory, env, encoding: "utf8" })).toBe(
      await here(),
    );
  });

  it("gives the same model in a worker thread, under another file name of the directory", async () => {
    const copy = join(temporaryDirectory(), "workflow.lua");
    copyFileSync(path, copy);
    const code = `(async () => { ${program(copy)} require("node:worker_threads").parentPort.postMessage(hash); })()`;
    const worker = new Worker(code, { eval: true });
    const hash = await new Promise((resolve, reject) =>
      worker.once("message", resolve).once("error", reject),
    );
    expect(hash).toBe(await here());
  });
});
