import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { leftoversIn, startAgent } from "../support/agent.js";
import { sloth } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { mountSmallDisk, whyNoSmallDisk } from "./small-disk.js";

const MIB = 1024 * 1024;
const reason = whyNoSmallDisk();

function smallDisk(sizeBytes: number): string {
  const disk = mountSmallDisk({ sizeBytes });
  onTestFinished(disk.unmount);
  return disk.path;
}

function delegated(directory: string, agent: string, command: string): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { delegate_to = "${agent}", tasks = { t = { command = [[${command}]] } } } }`,
  );
}

/** Names and contents of what is no state of sloth's. */
function contentsOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => ![".sloth", "pipeline.lua"].includes(name))
    .map((name) => {
      const content = readFileSync(join(directory, name));
      return `${name} ${content.length} ${createHash("sha256").update(content).digest("hex")}`;
    });
}

describe.skipIf(reason !== undefined)(`a full disk${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("that takes no more records is warned of, and fails no task and loses none of its output", async () => {
    const path = smallDisk(2 * MIB);
    const lines = 100_000;
    const file = writeWorkflow(
      path,
      `TaskDefinitions = { g = { tasks = {
         { name = "much", command = "seq -f 'line %06.0f of what is printed' 1 ${lines}" },
         { name = "after", command = "echo reached", depends_on = "much" } } } }`,
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stderr).toMatch(/ENOSPC|no space/i);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/line \d{6} of what is printed/g)).toHaveLength(lines);
    expect(stdout).toContain("reached");
  });

  it("of an agent, by what it is sent: says so, starts nothing, and the next task that fits runs", async () => {
    const disk = smallDisk(6 * MIB);
    mkdirSync(join(disk, "state"), { mode: 0o700 });
    const agent = await startAgent([], { stateDirectory: join(disk, "state") });
    const directory = temporaryDirectory();
    const began = join(temporaryDirectory(), "began");
    writeFileSync(join(directory, "large"), randomBytes(12 * MIB));
    const file = delegated(directory, agent.address, `echo >> ${began}`);

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stdout + stderr).toMatch(/no space left|ENOSPC|is full/i);
    expect(stdout + stderr).toContain("had not started");
    expect(code).toBe(3);
    expect(existsSync(began)).toBe(false);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
    const fits = delegated(temporaryDirectory(), agent.address, `echo >> ${began}`);
    const next = await sloth(["run", "-f", fits]);
    expect(next.code, next.stderr).toBe(0);
  });

  it("of an agent, by what the task writes: fails the task by its own words, and leaves the directory as it was", async () => {
    const disk = smallDisk(6 * MIB);
    mkdirSync(join(disk, "state"), { mode: 0o700 });
    const agent = await startAgent([], { stateDirectory: join(disk, "state") });
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "kept"), "as it was");
    const before = contentsOf(directory);
    const file = delegated(directory, agent.address, "echo new > kept; head -c 20000000 /dev/zero > large");

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stdout + stderr).toMatch(/no space left/i);
    expect(code).toBe(1);
    expect(contentsOf(directory)).toEqual(before);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
    const next = await sloth(["run", "-f", delegated(temporaryDirectory(), agent.address, "true")]);
    expect(next.code, next.stderr).toBe(0);
  });

  it("of an agent, filled to the brim by a task that succeeds: does not stay full", async () => {
    const disk = smallDisk(6 * MIB);
    mkdirSync(join(disk, "state"), { mode: 0o700 });
    const agent = await startAgent([], { stateDirectory: join(disk, "state") });
    const directory = temporaryDirectory();
    const file = delegated(directory, agent.address, "cat /dev/zero > large 2> /dev/null; echo done > made");

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    // There is no room for what `made` says.
    expect(stdout + stderr).toMatch(/no space left/i);
    expect(code).toBe(1);
    expect(contentsOf(directory)).toEqual([]);
    const full = delegated(directory, agent.address, "cat /dev/zero > large 2> /dev/null; exit 0");
    const filled = await sloth(["run", "-f", full, "--output", "plain"]);
    expect(filled.code, filled.stderr).toBe(0);
    expect(readFileSync(join(directory, "large")).length).toBeGreaterThan(4 * MIB);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });

  it("of the working directory, by changes that come back: says so, and leaves it as it was", async () => {
    const agent = await startAgent();
    const directory = smallDisk(8 * MIB);
    writeFileSync(join(directory, "kept"), "as it was");
    const before = contentsOf(directory);
    const freeBefore = statfsSync(directory).bavail;
    const file = delegated(
      directory,
      agent.address,
      "echo new > kept; head -c 20000000 /dev/urandom > large",
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stdout + stderr).toMatch(/no space left|ENOSPC|is full/i);
    expect(code).toBe(3);
    expect(contentsOf(directory)).toEqual(before);
    expect(readdirSync(join(directory, ".sloth/staging"))).toEqual([]);
    // All that was received is gone again, but for some records.
    expect(freeBefore - statfsSync(directory).bavail).toBeLessThan(MIB / 2 / statfsSync(directory).bsize);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });

  it("of the working directory, which fills up while it is sent: says so or does without what it cannot write", async () => {
    const agent = await startAgent();
    const directory = smallDisk(2 * MIB);
    const file = delegated(directory, agent.address, "true");
    writeFileSync(
      join(directory, "rest"),
      Buffer.alloc(statfsSync(directory).bavail * statfsSync(directory).bsize - 4096),
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stdout + stderr).toMatch(/no space left|ENOSPC|is full/i);
    expect([0, 3], stdout + stderr).toContain(code);
    expect(leftoversIn(agent.stateDirectory)).toEqual([]);
  });
});
