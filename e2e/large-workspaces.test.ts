import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { peakRss, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MOST_RSS = 250 * MIB;

function workflow(directory: string, address: string, command: string): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "change", delegate_to = "${address}", command = [==[${command}]==] } } } }`,
  );
}

describe("a large workspace makes the round trip with both processes under 250 MB", () => {
  it("one file of 1 GiB that the task changes", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const big = join(directory, "big");
    const file = openSync(big, "w");
    const block = randomBytes(MIB);
    for (let i = 0; i < 1024; i++) {
      block.writeUInt32LE(i);
      writeSync(file, block);
    }
    closeSync(file);

    const ended = await sloth([
      "run",
      "-f",
      workflow(directory, agent.address, "printf end >> big; sha256sum big > sum"),
    ]);

    expect(ended.code, ended.stderr).toBe(0);
    expect(statSync(big).size).toBe(GIB + 3);
    execFileSync("sha256sum", ["--check", "--quiet", "sum"], { cwd: directory });
    expect(ended.peakRssBytes).toBeLessThan(MOST_RSS);
    expect(peakRss(agent.pid)).toBeLessThan(MOST_RSS);
    report("1 GiB in one file", ended.peakRssBytes, peakRss(agent.pid));
  });

  it("20,000 files that the task changes", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    for (let i = 0; i < 200; i++) {
      mkdirSync(join(directory, `d${i}`));
      for (let j = 0; j < 100; j++) writeFileSync(join(directory, `d${i}`, `f${j}`), randomBytes(4096));
    }

    const command = "for f in d*/f*; do printf x >> $f; done";
    const ended = await sloth(["run", "-f", workflow(directory, agent.address, command)]);

    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain("~20000");
    expect(statSync(join(directory, "d199", "f99")).size).toBe(4097);
    expect(ended.peakRssBytes).toBeLessThan(MOST_RSS);
    expect(peakRss(agent.pid)).toBeLessThan(MOST_RSS);
    report("20,000 files", ended.peakRssBytes, peakRss(agent.pid));
  });
});

function report(what: string, master: number, agent: number): void {
  const mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
  process.stdout.write(`${what}: master ${mib(master)}, agent ${mib(agent)}\n`);
}
