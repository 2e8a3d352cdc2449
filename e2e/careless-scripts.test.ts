import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** Runs the body of a function as a task, here and on an agent, and gives how each ended. */
async function runBoth(body: string) {
  const agent = await startAgent();
  const run = async (place: string) => {
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "t", timeout = "20s", delegate_to = ${place},
         command = function()\n${body}\nend } } } }`,
    );
    return { directory, ...(await sloth(["run", "-f", file])) };
  };
  return [await run("false"), await run(`"${agent.address}"`)];
}

describe("a careless script", () => {
  it.each([
    ["an empty path", `fs.rm_r("")`, /empty/],
    ["the directory that it stands in", `fs.rm_r(".")`, /working directory/],
    ["a directory above", `fs.rm_r("..")`, /working directory/],
  ])("that removes %s fails and removes nothing", async (_, body, message) => {
    for (const { code, stderr, directory } of await runBoth(body)) {
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
      expect(existsSync(join(directory, "pipeline.lua"))).toBe(true);
    }
  });

  it("that takes a pipe for a file is told so instead of waiting for ever", async () => {
    const body = `
      exec.run("mkfifo pipe")
      for _, result in ipairs({ select(2, fs.read("pipe")), fs.write("pipe", "x"), fs.copy("pipe", "copy") }) do
        print("told: " .. result)
      end
      fs.rm("pipe")
      return true`;
    for (const { code, stdout, stderr } of await runBoth(body)) {
      expect(stdout.match(/told: /g), stderr).toHaveLength(3);
      expect(code).toBe(0);
    }
  });

  it("that copies a directory into itself is told so", async () => {
    const body = `fs.mkdir("x"); return fs.copy("x", "x/y") ~= nil, "told"`;
    for (const { code, directory } of await runBoth(body)) {
      expect(code).toBe(0);
      expect(readdirSync(join(directory, "x"))).toEqual([]);
    }
  });
});
