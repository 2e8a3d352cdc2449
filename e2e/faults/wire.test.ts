import { describe, expect, it, onTestFinished } from "vitest";
import type { Running } from "../support/processes.js";
import { TIMED } from "../support/timed.js";
import { makeTwoMachines, type TwoMachines } from "../support/two-machines.js";
import { joinByWire, whyNoWire } from "./wire.js";

const reason = whyNoWire();

/** Answers each datagram with itself. */
const ECHO = `
  require("node:dgram").createSocket("udp4").on("message", function (text, from) {
    console.log("heard " + text.subarray(0, 10));
    this.send(text, from.port, from.address);
  }).bind(7777, () => console.log("listening"));`;

/** How many datagrams, and how many of them may be unanswered at once. */
interface Amount {
  count?: number;
  unanswered?: number;
}

/** Sends datagrams of 1,000 bytes, and tells of the answers until it is ended. */
const say = (text: string, { count = 1, unanswered = count }: Amount) => `
  const socket = require("node:dgram").createSocket("udp4");
  const sentMs = performance.now();
  let [sent, answers, isSending] = [0, 0, false];
  socket.on("message", () => {
    console.log("answer " + ++answers + " after " + (performance.now() - sentMs) + " ms");
    send();
  });
  const send = () => {
    if (isSending || sent === ${count} || sent - answers >= ${unanswered}) return;
    isSending = true;
    sent++;
    socket.send("${text}".padEnd(1000), 7777, "build1", () => {
      isSending = false;
      if (sent === ${count}) console.log("all sent");
      send();
    });
  };
  send();`;

function startScript({ start }: TwoMachines, side: "master" | "agent", script: string): Running {
  const running = start(side, `'${process.execPath}' -e '${script}'`);
  onTestFinished(async () => {
    running.kill("SIGKILL");
    await running.ended;
  });
  return running;
}

async function joinedMachines() {
  const machines = makeTwoMachines();
  const wire = await joinByWire(machines);
  const echo = startScript(machines, "agent", ECHO);
  await echo.until(/listening/);
  return {
    wire,
    echo,
    say: (text: string, amount: Amount = {}) => startScript(machines, "master", say(text, amount)),
  };
}

/** The least of some, since a busy computer adds to each. */
async function answerMs(say: () => Running): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(Number((await say().until(/answer 1 after (\S+) ms/))[1]));
  return Math.min(...times);
}

describe.skipIf(reason !== undefined)(`a wire${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("delivers as late as it is told, from then on", TIMED, async () => {
    const { wire, say } = await joinedMachines();
    const soonMs = await answerMs(() => say("soon"));

    await wire.set({ oneWayDelayMs: 400 });
    const lateMs = await answerMs(() => say("late"));

    expect(soonMs).toBeLessThan(400);
    expect(lateMs).toBeGreaterThanOrEqual(800);
    expect(lateMs).toBeLessThan(1600);
  });

  it("may be silent in one direction alone, and be heard again", async () => {
    const { wire, echo, say } = await joinedMachines();

    await wire.set({ isSilent: true }, "toMaster");
    const said = say("one");
    await echo.until(/heard one/);
    await said.until(/all sent/);
    expect(said.output).not.toContain("answer");

    await wire.set({ isSilent: false }, "toMaster");
    await wire.set({ isSilent: true }, "toAgent");
    await say("two").until(/all sent/);
    await expect.poll(async () => (await wire.traffic()).toAgent.lostPackets).toBe(1);
    await wire.set({ isSilent: false });
    await say("three").until(/answer 1 /);
    expect(echo.output).not.toContain("two");
  });

  it("loses the share of the packets that it is told, the same ones for the same seed", async () => {
    const { wire, say } = await joinedMachines();
    const lostOf = async (seed: number) => {
      const before = (await wire.traffic()).toAgent;
      await wire.set({ lossShare: 0.1, seed }, "toAgent");
      await say("much", { count: 2000 }).until(/all sent/);
      let now = before;
      await expect
        .poll(async () => {
          now = (await wire.traffic()).toAgent;
          return now.packets + now.lostPackets - before.packets - before.lostPackets;
        })
        .toBe(2000);
      return now.lostPackets - before.lostPackets;
    };

    const lost = [await lostOf(7), await lostOf(7), await lostOf(8)];

    expect(lost[0]).toBe(lost[1]);
    expect(lost[0]).toBeGreaterThan(140);
    expect(lost[0]).toBeLessThan(260);
    expect(lost[2]).not.toBe(lost[0]);
  });

  it("carries no more in a second than it is told", TIMED, async () => {
    const { wire, say } = await joinedMachines();
    await wire.set({ bytesPerSecond: 500_000 }, "toAgent");

    // More than that would not have room in the queue before it.
    const said = say("much", { count: 1000, unanswered: 50 });
    const [, ms] = await said.until(/answer 1000 after (\S+) ms/);

    expect(Number(ms)).toBeGreaterThan(1900);
    expect(Number(ms)).toBeLessThan(8000);
  });
});
