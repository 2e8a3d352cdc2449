import { spawnSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory } from "./support/workflow-file.js";

const missing = ["cc", "make"].filter((program) => spawnSync(program, ["--version"]).status !== 0);
if (missing.length > 0) process.stderr.write(`skipped: the C example needs ${missing.join(" and ")}\n`);

it.skipIf(missing.length > 0)(
  "builds a C program on the agent, runs it here, and loses its objects here too",
  async () => {
    const agent = await startAgent();
    const directory = join(temporaryDirectory(), "c-build");
    cpSync(join(repository, "examples/c-build"), directory, { recursive: true });
    const inventory = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });

    for (const _ of ["once", "and a second time"]) {
      const { code, stdout, stderr } = await sloth([
        "run",
        "-f",
        join(directory, "pipeline.lua"),
        "--agents",
        inventory,
      ]);

      expect(code, stderr).toBe(0);
      expect(stdout).toContain("✓ run_binary");
      expect(stdout).toContain("3 4 + 2 * is 14");
      expect(readdirSync(join(directory, "build"))).toContain("calculate");
      expect(readdirSync(join(directory, "build")).filter((name) => name.endsWith(".o"))).toEqual([]);
    }
  },
);
