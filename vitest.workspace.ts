import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const packages = ["dsl", "workspace", "protocol", "runtime", "agent", "master"];

/** What agents leave for masters of the same user, and what is pinned, is not the developer's own. */
const home = mkdtempSync(join(tmpdir(), "sloth-home-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
const env = { XDG_STATE_HOME: join(home, "state"), XDG_CONFIG_HOME: join(home, "config") };

export default defineConfig({
  test: {
    // By default it is one less than there are processors, and most tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => ({
        test: { name, root: `packages/${name}`, include: ["src/**/*.test.ts"], testTimeout: 120_000, env },
      })),
      {
        test: {
          name: "e2e",
          root: "e2e",
          include: ["**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          env,
        },
      },
    ],
  },
});
