import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Running, sleepsOf } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { NOTICED_MS, TIMED } from "../support/timed.js";
import { writeInventory, writeWorkflow } from "../support/workflow-file.js";
import { counting, logIn, numbersUpTo } from "./counting.js";
import { startFarAgent } from "./far-agent.js";
import { type Direction, whyNoWire } from "./wire.js";

const reason = whyNoWire();
const UNKNOWN = "Whether the task finished is unknown; the working directory is as it was";

/** How long the network is silent, and the numbers that the task prints, ten a second. */
const [WAIT, RETRY] =
  process.env.SLOTH_CUT === "full"
    ? [
        { cutMs: 20_000, numbers: 600, cutAfter: 200 },
        { leaseSeconds: 10, numbers: 600, cutAfter: 200 },
      ]
    : [
        { cutMs: 11_000, numbers: 150, cutAfter: 20 },
        { leaseSeconds: 4, numbers: 70, cutAfter: 10 },
      ];

/** A number that no other test sleeps for. */
const unlikeAnyOther = () => 1_000_000 + Math.floor(Math.random() * 1_000_000);

function workflow({ delegateTo, command, onLost }: { delegateTo: string; command: string; onLost: string }) {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { {
       name = "t", delegate_to = ${delegateTo}, on_agent_lost = "${onLost}", command = [[${command}]],
     } } } }`,
  );
  return { directory, file };
}

/** What an agent has said, or will say, with this name first; `time` in milliseconds since 1970. */
async function said(agent: Running, name: string): Promise<{ time: number; outcome?: string }> {
  const [line] = await agent.until(new RegExp(`.*"msg":"${name}".*`));
  return JSON.parse(line);
}

/** A run, with `fail`, whose packets vanish in one direction or in both while its task runs; times since then. */
async function cutForGood(direction?: Direction) {
  const { address, agent, wire, startSloth, leftovers } = await startFarAgent();
  const seconds = unlikeAnyOther();
  const command = `echo begun > made; ${counting(20, 0.1)}; exec sleep ${seconds}`;
  const { directory, file } = workflow({ delegateTo: `"${address}"`, command, onLost: "fail" });
  const running = startSloth(`run -f '${file}' --lease 16s --grace 1s`);
  await running.until(/\] 20\n/);
  await wire.set({ isSilent: true }, direction);
  const cutAtMs = Date.now();
  const [master, parted, ended] = await Promise.all([
    running.ended.then((end) => ({ ...end, ms: Date.now() - cutAtMs })),
    said(agent, "attempt-parted"),
    said(agent, "attempt-ended").then((end) => ({ ...end, alive: sleepsOf(seconds) })),
  ]);
  await expect.poll(leftovers).toEqual([]);
  const [partedMs, endedMs] = [parted.time - cutAtMs, ended.time - cutAtMs];
  return { directory, master, partedMs, endedMs, ended };
}

/** The same, while the workspace is sent or what the task has made comes back. */
async function cutWhileContentsMove(moving: Direction, silent: Direction) {
  const { address, agent, wire, startSloth, leftovers } = await startFarAgent();
  const [bytes, bytesPerSecond] = [20_000_000, 1_000_000];
  const command = moving === "toAgent" ? "touch made" : `head -c ${bytes} /dev/urandom > made`;
  const { directory, file } = workflow({ delegateTo: `"${address}"`, command, onLost: "fail" });
  if (moving === "toAgent") writeFileSync(join(directory, "sent"), randomBytes(bytes));
  await wire.set({ bytesPerSecond });
  const running = startSloth(`run -f '${file}' --lease 16s --grace 1s`);
  const carried = async () => (await wire.traffic())[moving].bytes;
  await expect.poll(carried, { timeout: 60_000 }).toBeGreaterThan(3 * bytesPerSecond);
  await wire.set({ isSilent: true }, silent);
  const cutAtMs = Date.now();
  const [master, noticed] = await Promise.all([
    running.ended.then((end) => ({ ...end, ms: Date.now() - cutAtMs })),
    // What has not started has no lease.
    said(agent, moving === "toAgent" ? "attempt-ended" : "attempt-parted"),
  ]);
  await expect.poll(leftovers, { timeout: 60_000 }).toEqual([]);
  return {
    where: `contents ${moving}, silent ${silent}`,
    master,
    outcome: moving === "toAgent" ? "had not started" : "had finished there, but its changes are lost",
    agentMs: noticed.time - cutAtMs,
    isTouched: existsSync(join(directory, "made")),
  };
}

describe.skipIf(reason !== undefined)(`a silent network${reason === undefined ? "" : ` (${reason})`}`, () => {
  it(
    "in both directions or in one alone is noticed by both, and the attempt is dead when its lease ends",
    TIMED,
    async () => {
      const cuts = await Promise.all([cutForGood(), cutForGood("toAgent"), cutForGood("toMaster")]);

      for (const [index, { directory, master, partedMs, endedMs, ended }] of cuts.entries()) {
        const where = ["both", "to the agent", "to the master"][index];
        expect(master.code, where).toBe(3);
        expect(master.ms, where).toBeLessThan(NOTICED_MS);
        expect(master.stderr, where).toContain(UNKNOWN);
        expect(existsSync(join(directory, "made")), where).toBe(false);
        expect(logIn(directory), where).toBe(numbersUpTo(20));
        expect(partedMs, where).toBeLessThan(NOTICED_MS);
        // Where packets vanish only on the way back it still hears its master, until that gives up.
        const unheardMs = endedMs - (where === "to the master" ? partedMs : 0);
        expect(unheardMs, where).toBeLessThan(16_000);
        expect([ended.outcome, ended.alive], where).toEqual(["lease-ended", []]);
      }
    },
  );

  it(
    "while contents are on their way in a silent direction, or confirmed in one, is noticed by both, too",
    TIMED,
    async () => {
      const cuts = await Promise.all([
        cutWhileContentsMove("toAgent", "toAgent"),
        cutWhileContentsMove("toAgent", "toMaster"),
        cutWhileContentsMove("toMaster", "toMaster"),
        cutWhileContentsMove("toMaster", "toAgent"),
      ]);

      for (const { where, master, outcome, agentMs, isTouched } of cuts) {
        expect(master.code, where).toBe(3);
        expect(master.stderr, where).toContain(outcome);
        expect(master.ms, where).toBeLessThan(NOTICED_MS);
        expect(agentMs, where).toBeLessThan(NOTICED_MS);
        expect(isTouched, where).toBe(false);
      }
    },
  );

  it("that comes back costs nothing with wait: the output is whole, and the changes come home", async () => {
    const { address, agent, wire, startSloth, leftovers } = await startFarAgent();
    const command = counting(WAIT.numbers, 0.1);
    const { directory, file } = workflow({ delegateTo: `"${address}"`, command, onLost: "wait" });
    const running = startSloth(`run -f '${file}'`);
    await running.until(new RegExp(`\\] ${WAIT.cutAfter}\\n`));
    await wire.set({ isSilent: true });
    await sleep(WAIT.cutMs);
    await wire.set({ isSilent: false });
    const { code, stdout, stderr } = await running.ended;

    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/the connection to build1:50051 broke/);
    expect(logIn(directory)).toBe(numbersUpTo(WAIT.numbers));
    expect(readFileSync(join(directory, "made"), "utf8")).toBe("end\n");
    expect(agent.output).toContain("attempt-joined");
    await expect.poll(leftovers).toEqual([]);
  });

  it("for longer than the lease lets the task run on another agent with retry, when it is dead on the first", async () => {
    const { address, wire, agent, startSloth, startNearAgent } = await startFarAgent();
    const near = await startNearAgent("--port 50052 --slots 1");
    const { numbers, cutAfter, leaseSeconds } = RETRY;
    const delegateTo = '{ any = { "far", "near" } }';
    const { directory, file } = workflow({ delegateTo, command: counting(numbers, 0.1), onLost: "retry" });
    const inventory = writeInventory(directory, { far: address, near: "localhost:50052" });
    const running = startSloth(
      `run -f '${file}' --agents '${inventory}' --lease ${leaseSeconds}s --grace 1s`,
    );
    await running.until(new RegExp(`\\] ${cutAfter}\n`));
    await wire.set({ isSilent: true });
    const cutAtMs = Date.now();
    const { code, stderr } = await running.ended;

    expect(code, stderr).toBe(0);
    expect(readFileSync(join(directory, "made"), "utf8")).toBe("end\n");
    expect(logIn(directory).endsWith(numbersUpTo(numbers))).toBe(true);
    const ended = await said(agent, "attempt-ended");
    expect(ended.outcome).toBe("lease-ended");
    expect(ended.time - cutAtMs).toBeLessThan(leaseSeconds * 1000);
    expect((await said(near, "attempt-accepted")).time).toBeGreaterThan(ended.time);
  });
});
