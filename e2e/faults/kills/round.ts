import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniqueSleep } from "../../contract/living-processes.js";
import type { Running } from "../../support/processes.js";
import type { Bench } from "./bench.js";
import { judgeEnd } from "./judge-end.js";
import { Ledger } from "./ledger.js";
import { RunWatch, STAGES, type Stage } from "./stage.js";

/** How long an agent keeps what a killed master has left. */
const LEASE_MS = 2_000;

export interface RoundOptions {
  bench: Bench;
  stage: Stage;
  seed: number;
  random: () => number;
}

/** One run in which something is killed, and what was seen of it. */
export interface Round {
  /** Whether it was killed in the stage that was meant, rather than before or after. */
  isHit: boolean;
  /** In a word or two. */
  outcome: string;
  /** What must not be. */
  violations: string[];
}

/** A run that has been started for a round. */
export interface RoundRun {
  readonly running: Running;
  readonly ledger: Ledger;
  readonly watch: RunWatch;
  readonly tasks: readonly string[];
  /** Is on the command line of a process of every task. */
  readonly mark: string;
}

export function startRound(
  { bench, stage, seed }: Omit<RoundOptions, "random">,
  { leaseMs = LEASE_MS, onLost = "fail" as "fail" | "wait" } = {},
): RoundRun {
  const tasks = ["a", "b"].slice(0, stage.tasks ?? 1);
  const mark = uniqueSleep();
  const token = `${stage.name}-${seed}-${mark}`;
  const { directory, counts, address: agent } = bench;
  const ledger = new Ledger({ directory, counts, agent, tasks, token, mark, onLost });
  const running = bench.startSloth([
    ...["run", "--output", "json", "--keep-going"],
    ...["--grace", "300ms", "--lease", `${leaseMs}ms`],
  ]);
  return { running, ledger, watch: new RunWatch(running, join(directory, ".sloth/journal")), tasks, mark };
}

/** How much longer than it was thought to last a stage is taken for when it was hit. */
const STRETCH = 1.1;

/**
 * Waits for a seeded moment of the stage, and does something then; gives whether the stage was still going on. How long it
 * lasts is learnt on the way, since that changes with what else the machine does.
 */
export async function atMomentOf(
  { watch }: RoundRun,
  { bench, stage, random }: RoundOptions,
  strike: () => void,
): Promise<boolean> {
  await watch.until(stage.from);
  const durationMs = bench.durationsMs.get(stage.name) ?? 0;
  await sleep(random() * durationMs);
  strike();
  if (!watch.has(stage.from)) return false;
  const isHit = !watch.has(stage.to);
  bench.durationsMs.set(stage.name, isHit ? durationMs * STRETCH : watch.between(stage.from, stage.to));
  return isHit;
}

/** Runs once undisturbed, which must succeed, and notes how long each stage lasts. */
export async function measureStages(bench: Bench): Promise<void> {
  const [stage] = STAGES;
  if (!stage) return;
  const round = startRound({ bench, stage, seed: 0 });
  const ended = await round.running.ended;
  const violations = judgeEnd(ended, round);
  if (ended.code !== 0 || violations.length > 0)
    throw new Error(`An undisturbed run fails: ${violations.join("; ")}\n${ended.stdout}${ended.stderr}`);
  for (const { name, from, to } of STAGES) bench.durationsMs.set(name, round.watch.between(from, to));
  bench.durationsMs.set("waiting", round.watch.between("syncing", "returning"));
}
