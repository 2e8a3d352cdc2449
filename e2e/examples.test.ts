import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory } from "./support/workflow-file.js";

interface Example {
  args?: string[];
  env?: Record<string, string>;
  /** On standard output, in any order, with more between. */
  prints: string[];
  /** On standard error, likewise. Default: nothing at all. */
  complains?: string[];
  makes?: string[];
  /** Default 0. */
  code?: number;
}

const EXAMPLES: Record<string, Example> = {
  outputs: {
    prints: ["wrote release-1.4.2.txt", "version 1.4.2 is release-1.4.2.txt", "3 succeeded"],
    makes: ["release-1.4.2.txt"],
  },
  reuse: { prints: ["[greet] Hello, Ana!", "[greet_twice] Hello, you!", "3 succeeded"] },
  values: {
    args: ["-v", "values.yaml", "--set", "replicas=5"],
    prints: ["deploying registry.example/app:1.4, 5 times", "1 succeeded"],
  },
  fluent: { prints: ["built", "the program is here", "2 succeeded"], makes: ["program"] },
  parallel: { prints: ["an agent on", "measured", "1 succeeded"], makes: ["machine.txt"] },
  "word-count": {
    prints: ["✓ count_there@localhost:50051", "27 words, the longest is unhurriedness", "4 succeeded"],
    makes: ["total.txt"],
  },
  conditions: {
    env: { STAGE: "production" },
    prints: ["- migrate skipped", "deployed to production, nothing to migrate", "tell everybody"],
  },
  handlers: {
    code: 1,
    prints: ["the database is as it was", "2 succeeded, 1 failed, 2 skipped"],
    complains: ["✗ release/migrate failed", "column exists already"],
  },
  retries: {
    prints: ["downloaded at attempt 3", "analysed", "2 succeeded"],
    complains: ["exceeded its time limit of 1s", "connection reset by peer"],
  },
  artifacts: {
    prints: ["[check] README.md", "[pack] public/index.html", "3 succeeded"],
    makes: ["site.tar", "site/public/about.html", "check/public/index.html"],
  },
  failing: {
    args: ["-k"],
    code: 1,
    prints: ["1 succeeded, 2 failed, 1 skipped"],
    complains: ["✗ checks/test failed", "port must be a number"],
  },
  hooks: { prints: ["dumped", "1 succeeded"], makes: ["dump.txt"] },
};

describe("the examples", () => {
  it.each(Object.entries(EXAMPLES))("%s", async (name, example) => {
    const { args = [], env, prints, complains, makes = [] } = example;
    const agent = await startAgent();
    const inventory = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });
    const directory = temporaryDirectory();
    cpSync(join(repository, "examples", name), directory, { recursive: true });

    const { code, stdout, stderr } = await sloth(
      ["run", "-f", "pipeline.lua", "--agents", inventory, ...args],
      { cwd: directory, env },
    );

    // What git says of a directory that is no repository is shown, as all output is.
    if (!complains) expect(stderr.replace(/^\[branch\] fatal: not a git repository.*\n/, "")).toBe("");
    for (const text of complains ?? []) expect(stderr).toContain(text);
    for (const text of prints) expect(stdout).toContain(text);
    expect(makes.filter((file) => !existsSync(join(directory, file)))).toEqual([]);
    expect(code).toBe(example.code ?? 0);
  });

  it("print-graph", () => {
    const script = join(repository, "examples/print-graph/print-graph.mjs");
    const file = join(repository, "examples/outputs/pipeline.lua");
    const { stdout, status } = spawnSync(process.execPath, [script, file], { encoding: "utf8" });
    expect(stdout).toContain('"release/version" -> "release/archive";');
    expect(stdout).toContain('"release/archive" -> "release/announce";');
    expect(status).toBe(0);
  });

  it("are all tried", () => {
    const elsewhere = ["c-build", "documented", "print-graph"];
    expect(readdirSync(join(repository, "examples")).sort()).toEqual(
      [...Object.keys(EXAMPLES), ...elsewhere].sort(),
    );
  });
});
