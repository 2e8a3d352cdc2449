import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** `SLOTH_FLEET=50`: as many processes as that take a machine for minutes. */
const COUNT = Number(process.env.SLOTH_FLEET ?? 5);
const AT_ONCE = Number(process.env.SLOTH_AT_ONCE ?? (process.env.SLOTH_FLEET === undefined ? 8 : 64));
const MIB = 1024 ** 2;

describe(`${COUNT} agents under one master`, () => {
  it("run twice as many tasks, on most of them, and all that they make comes home in bounded memory", async () => {
    const directory = temporaryDirectory();
    const agents = [];
    for (let index = 0; index < COUNT; index++) agents.push(await startAgent(["--slots", "1"]));
    const yaml = agents.map(
      ({ address }, index) => `a${index}: { address: "${address}", labels: { fleet: true } }\n`,
    );
    writeFileSync(join(directory, "agents.yaml"), yaml.join(""));
    writeFileSync(join(directory, "data"), "x".repeat(4 * MIB));
    const tasks = Array.from(
      { length: 2 * COUNT },
      (_, n) =>
        `{ name = "t${n}", delegate_to = { labels = { fleet = true } }, command = "head -c 100000 data > out${n}; seq 1000" }`,
    );
    const file = writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks.join(",")} } } }`);
    const { code, stdout, peakRssBytes } = await sloth(["run", "-f", file, "--output", "json"], {
      cwd: directory,
    });

    expect(code, stdout.slice(-10_000)).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const used = events.filter(({ type }) => type === "task-placed").map(({ agent }) => agent);
    expect(new Set(used).size).toBeGreaterThan(COUNT / 2);
    for (let n = 0; n < 2 * COUNT; n++) expect(existsSync(join(directory, `out${n}`))).toBe(true);
    expect(peakRssBytes / MIB).toBeLessThan(300);
    process.stdout.write(
      `${JSON.stringify({ agents: COUNT, peakRssMiB: Math.round(peakRssBytes / MIB) })}\n`,
    );
  });
});

describe(`${AT_ONCE} tasks on one agent`, () => {
  it("run at the same time, and all that they make comes home in bounded memory", async () => {
    const agent = await startAgent(["--slots", String(AT_ONCE)]);
    const [directory, barrier] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(directory, "data"), "x".repeat(4 * MIB));
    const tasks = Array.from(
      { length: AT_ONCE },
      (_, n) =>
        `t${n} = { command = "touch ${barrier}/${n}; until [ $(ls ${barrier} | wc -l) -eq ${AT_ONCE} ]; do sleep 3; done; head -c 100000 data > out${n}" }`,
    );
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { delegate_to = "${agent.address}", tasks = { ${tasks.join(",")} } } }`,
    );
    const { code, stderr, peakRssBytes } = await sloth(["run", "-f", file], { cwd: directory });
    expect(code, stderr).toBe(0);
    for (let n = 0; n < AT_ONCE; n++) expect(existsSync(join(directory, `out${n}`))).toBe(true);
    expect(peakRssBytes / MIB).toBeLessThan(300);
    process.stdout.write(
      `${JSON.stringify({ atOnce: AT_ONCE, peakRssMiB: Math.round(peakRssBytes / MIB) })}\n`,
    );
  });
});
