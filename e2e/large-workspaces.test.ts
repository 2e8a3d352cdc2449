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
const MOST_RSS = 250 * MIB;
/** Every day: more than the bound of memory all the same. */
const [FILE_MIB, DIRECTORIES] = process.env.SLOTH_LOAD === "full" ? [1024, 200] : [384, 80];
const FILES_EACH = 100;

function workflow(directory: string, address: string, command: string): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "change", delegate_to = "${address}", command = [==[${command}]==] } } } }`,
  );
}

describe("a large workspace makes the round trip with both processes under 250 MB", () => {
  it(`one file of ${FILE_MIB} MiB that the task changes`, async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const big = join(directory, "big");
    const file = openSync(big, "w");
    const block = randomBytes(MIB);
    for (let i = 0; i < FILE_MIB; i++) {
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
    expect(statSync(big).size).toBe(FILE_MIB * MIB + 3);
    execFileSync("sha256sum", ["--check", "--quiet", "sum"], { cwd: directory });
    expect(ended.peakRssBytes).toBeLessThan(MOST_RSS);
    expect(peakRss(agent.pid)).toBeLessThan(MOST_RSS);
    report(`${FILE_MIB} MiB in one file`, ended.peakRssBytes, peakRss(agent.pid));
  });

  it(`${DIRECTORIES * FILES_EACH} files that the task changes`, async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    for (let i = 0; i < DIRECTORIES; i++) {
      mkdirSync(join(directory, `d${i}`));
      for (let j = 0; j < FILES_EACH; j++)
        writeFileSync(join(directory, `d${i}`, `f${j}`), randomBytes(4096));
    }

    const command = "for f in d*/f*; do printf x >> $f; done";
    const ended = await sloth(["run", "-f", workflow(directory, agent.address, command)]);

    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain(`~${DIRECTORIES * FILES_EACH}`);
    expect(statSync(join(directory, `d${DIRECTORIES - 1}`, "f99")).size).toBe(4097);
    expect(ended.peakRssBytes).toBeLessThan(MOST_RSS);
    expect(peakRss(agent.pid)).toBeLessThan(MOST_RSS);
    report(`${DIRECTORIES * FILES_EACH} files`, ended.peakRssBytes, peakRss(agent.pid));
  });
});

function report(what: string, master: number, agent: number): void {
  const mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
  process.stdout.write(`${what}: master ${mib(master)}, agent ${mib(agent)}\n`);
}
