/**
 * A wire between two machines with real packets, for what a proxy cannot do: packets that vanish. `wire.pl` moves them;
 * its head says how a packet fares. Each kernel sees a network device of 1500 bytes, and does the rest as it always does:
 * handshakes, retransmissions, slow start.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { DEVICE, ip, type TwoMachines, whyNoMachines } from "../support/two-machines.js";

export type Direction = "toAgent" | "toMaster";

export interface WireSettings {
  /** Half of the round trip. Default 0. */
  oneWayDelayMs?: number;
  /** Default 0, which is no limit. */
  bytesPerSecond?: number;
  /** Which part of the packets is lost, from 0 to 1. Default 0. */
  lossShare?: number;
  /** From which follows which packets are lost: the same numbers of them for the same seed. Default 1. */
  seed?: number;
  /** Whether all packets vanish, without a word. Those that are under way arrive. Default false. */
  isSilent?: boolean;
}

export interface Traffic {
  packets: number;
  lostPackets: number;
  bytes: number;
}

/** Any call may come at any time; what it asks for is in force when it resolves. */
export interface Wire {
  /** Changes one direction, or both; what is not named stays. */
  set(settings: WireSettings, direction?: Direction): Promise<void>;
  traffic(): Promise<Record<Direction, Traffic>>;
}

const DIRECTIONS = ["toAgent", "toMaster"] as const;

const PACKET_BYTES = 1500;
/** More than a sender has under way at once: only the wire loses packets. */
const MOST_QUEUED_PACKETS = 10_000;
/** What waits before a wire of limited speed, as before a router that is set up well. */
const QUEUED_MS = 250;

/** Why this computer cannot have one, for a test to skip with; undefined when it can. */
export function whyNoWire(): string | undefined {
  const why = whyNoMachines();
  if (why !== undefined) return why;
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return `network devices cannot be made here: ${error instanceof Error ? error.message : error}`;
  }
}

/** Joins two machines; the wire is gone when the test has finished. */
export async function joinByWire(machines: TwoMachines): Promise<Wire> {
  const { master, agent } = machines.namespaces;
  const other = `${DEVICE}-other`;
  const program = new URL("wire.pl", import.meta.url).pathname;
  const command = ["netns", "exec", master, "perl", program, DEVICE, other];
  const child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => end(child));
  const ask = asker(child);
  await ask("");
  ip("-n", master, "link", "set", other, "netns", agent, "name", DEVICE);
  const queue = (bytesPerSecond: number) => {
    const packets = bytesPerSecond === 0 ? MOST_QUEUED_PACKETS : packetsIn(QUEUED_MS, bytesPerSecond);
    for (const name of [master, agent]) ip("-n", name, "link", "set", DEVICE, "txqueuelen", String(packets));
  };
  queue(0);
  machines.raise("master");
  machines.raise("agent");
  return {
    async set(settings, direction) {
      for (const [number, name] of DIRECTIONS.entries())
        if (direction === undefined || direction === name) await ask(`set ${number} ${written(settings)}\n`);
      if (settings.bytesPerSecond !== undefined) queue(settings.bytesPerSecond);
    },
    async traffic() {
      const numbers = (await ask("count\n")).split(" ").map(Number);
      return { toAgent: trafficOf(numbers.slice(0, 3)), toMaster: trafficOf(numbers.slice(3)) };
    },
  };
}

/** Gives the line by which the program answers a command. One command follows the other. */
function asker({ stdin, stdout }: ChildProcessByStdio<Writable, Readable, null>) {
  const answers = createInterface(stdout)[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return (command: string): Promise<string> => {
    const answer = last.then(async () => {
      stdin.write(command);
      const { value, done } = await answers.next();
      if (done) throw new Error("The wire is gone.");
      return value;
    });
    last = answer.catch(() => {});
    return answer;
  };
}

function packetsIn(ms: number, bytesPerSecond: number): number {
  return Math.ceil((bytesPerSecond * ms) / 1000 / PACKET_BYTES);
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, "exit");
}

function written({ oneWayDelayMs, bytesPerSecond, lossShare, seed, isSilent }: WireSettings): string {
  const values = {
    delay: oneWayDelayMs === undefined ? undefined : oneWayDelayMs / 1000,
    rate: bytesPerSecond,
    loss: lossShare,
    seed,
    silent: isSilent === undefined ? undefined : Number(isSilent),
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `${name} ${value}`).join(" ");
}

function trafficOf([packets = 0, lostPackets = 0, bytes = 0]: number[]): Traffic {
  return { packets, lostPackets, bytes };
}
