import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../support/random.js";
import { type Bench, openBench, resourcesOf } from "./bench.js";
import { killAgent, suspendAgent } from "./kill-agent.js";
import { killMaster } from "./kill-master.js";
import { KillTable } from "./kill-table.js";
import { measureStages, type Round, type RoundOptions } from "./round.js";
import { STAGES, type Stage } from "./stage.js";

/** In each stage, on each side. */
const KILLS = Number(process.env.SLOTH_KILLS ?? 1);
const FIRST_SEED = Number(process.env.SLOTH_KILL_SEED ?? 1);
/** After which no more kills begin in a stage. */
const MOST_MS = Number(process.env.SLOTH_KILL_SECONDS ?? Number.POSITIVE_INFINITY) * 1000;
/** What an agent may have more at the end of a series: threads that it starts when it first needs them, each with 14. */
const SPARE_DESCRIPTORS = 32;
const SPARE_MIB = 120;

const allSides: Record<string, (options: RoundOptions) => Promise<Round>> = {
  "master killed": killMaster,
  "agent killed": killAgent,
  "agent stopped": suspendAgent,
};
/** `SLOTH_KILL_SIDES=killed`: only those whose name has that in it. */
const ONLY = process.env.SLOTH_KILL_SIDES ?? "";
const sides = Object.fromEntries(Object.entries(allSides).filter(([name]) => name.includes(ONLY)));
/** A stop costs time and finds little: every day there are some. */
const isDue = (side: string, { name }: Stage) =>
  KILLS > 1 || side !== "agent stopped" || ["running", "collecting"].includes(name);
const benches = new Map<string, Bench>();
const table = new KillTable();

beforeAll(async () => {
  for (const side of Object.keys(sides)) {
    const bench = await openBench();
    benches.set(side, bench);
    await measureStages(bench);
  }
});

afterAll(async () => {
  for (const bench of benches.values()) await bench.close();
  process.stdout.write(`\n${table.text}\n`);
});

async function series(side: string, stage: Stage, index: number): Promise<string[]> {
  const [bench, kill] = [benches.get(side), sides[side]];
  if (!bench || !kill || !isDue(side, stage)) return [];
  const all: string[] = [];
  const before = resourcesOf(bench.agent);
  const untilMs = performance.now() + MOST_MS;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + KILLS && performance.now() < untilMs; seed++) {
    const random = seededRandom(1000 * seed + index);
    const round = await kill({ bench, stage, seed, random });
    table.add(side, stage.name, round);
    all.push(...round.violations.map((what) => `${side}, ${stage.name}, seed ${seed}: ${what}`));
  }
  const after = resourcesOf(bench.agent);
  table.note(side, stage.name, { before, after });
  if (side !== "agent killed") {
    if (after.descriptors > before.descriptors + SPARE_DESCRIPTORS)
      all.push(
        `${side}, ${stage.name}: descriptors of the agent ${before.descriptors} → ${after.descriptors}`,
      );
    if (after.rssMiB > before.rssMiB + SPARE_MIB)
      all.push(`${side}, ${stage.name}: memory of the agent ${before.rssMiB} → ${after.rssMiB} MiB`);
  }
  return all;
}

describe("a process that is killed or stopped at a seeded moment of a stage", () => {
  it.each(STAGES)(
    "while $name: leaves every tree, every output and every process as promised",
    async (stage) => {
      const index = STAGES.indexOf(stage);
      const violations = await Promise.all(Object.keys(sides).map((side) => series(side, stage, index)));
      expect(violations.flat()).toEqual([]);
    },
  );
});
