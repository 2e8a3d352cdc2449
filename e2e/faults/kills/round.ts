import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWith, uniqueSleep } from "../../contract/living-processes.js";
import { leftoversIn } from "../../support/agent.js";
import type { Ended, Running } from "../../support/processes.js";
import type { Bench } from "./bench.js";
import { Ledger } from "./ledger.js";
import { RunWatch, STAGES, type Stage } from "./stage.js";

/** How long an agent keeps what a killed master has left. */
const LEASE_MS = 2_000;
/** Within which a machine that is busy does what it has to do by itself. */
const PATIENCE_MS = 20_000;

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

/** Waits for a seeded moment of the stage. False when the run ended before. */
export async function untilWithin(
  { watch }: RoundRun,
  { bench, stage, random }: RoundOptions,
): Promise<boolean> {
  await watch.until(stage.from);
  await sleep(random() * (bench.durationsMs.get(stage.name) ?? 0));
  return !watch.has("over");
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

/** Whether what a run says of each task is true. */
export function judgeEnd(
  { code, stdout, stderr }: Pick<Ended, "code" | "stdout" | "stderr">,
  { ledger, tasks }: RoundRun,
): string[] {
  const results = resultsIn(stdout);
  const violations = tasks.flatMap((task) => {
    const { status = "none", message = "" } = results.get(task) ?? {};
    const facts = `${task}: ${status} (${message}), state ${ledger.stateOf(task)}, starts ${ledger.startsOf(task)}, log ${ledger.logOf(task)}`;
    return judgeTask(status, message, ledger, task).map((what) => `${what} [${facts}; exit ${code}]`);
  });
  if (!ledger.isRestUntouched) violations.push("files that no task changes were changed");
  const isAllDone = tasks.every((task) => results.get(task)?.status === "succeeded");
  if (code !== (isAllDone ? 0 : 3))
    violations.push(`exit ${code}: ${stderr.slice(-500)} ${stdout.slice(-500)}`);
  return violations;
}

function judgeTask(status: string, message: string, ledger: Ledger, task: string): string[] {
  const [state, starts, log] = [ledger.stateOf(task), ledger.startsOf(task), ledger.logOf(task)];
  const violations: string[] = [];
  if (state === "neither") violations.push("the tree is half changed");
  if (starts > 1) violations.push(`it began ${starts} times`);
  if (log === "damaged") violations.push("its output is damaged");
  if (status === "succeeded") {
    if (state !== "new") violations.push("it succeeded without its changes");
    if (starts !== 1) violations.push("it succeeded without having begun");
    if (log !== "whole") violations.push("it succeeded with output missing");
  } else if (status === "lost") {
    if (/as it was/.test(message) && state !== "old")
      violations.push("the tree is said to be as it was, and is not");
    if (/had not started/.test(message) && starts > 0)
      violations.push("it is said not to have started, and has");
    if (!/unknown|had not started|changes are lost/.test(message))
      violations.push("its loss is not explained");
  } else violations.push(`it is ${status}`);
  return violations;
}

interface TaskResult {
  status: string;
  message?: string;
}

/** Of the tasks in the events of a run, by their names. */
function resultsIn(stdout: string): Map<string, TaskResult> {
  const results = new Map<string, TaskResult>();
  for (const line of stdout.split("\n")) {
    if (/"type":"task-finished"/.test(line)) {
      const { task, result } = JSON.parse(line);
      results.set(task, result);
    } else if (/"type":"task-reused"/.test(line)) results.set(JSON.parse(line).task, { status: "succeeded" });
  }
  return results;
}

/** What is left anywhere of a round that is over; waits for what goes by itself. */
export async function leftoversOf({ mark }: RoundRun, bench: Bench): Promise<string[]> {
  const look = () => [
    ...processesWith(mark).map((pid) => `process ${pid}`),
    ...leftoversIn(bench.agentState).map((name) => `on the agent: ${name}`),
    ...bench.temporaryFiles().map((name) => `temporary: ${name}`),
  ];
  const untilMs = performance.now() + PATIENCE_MS;
  let left = look();
  for (; left.length > 0 && performance.now() < untilMs; left = look()) await sleep(50);
  return [...left, ...leftInState(bench.directory)];
}

const KNOWN = [".gitignore", "index", "journal", "rollback", "runs", "staging", "workspace-id"];

/** What does not belong in `.sloth/` when nothing runs. */
function leftInState(directory: string): string[] {
  const state = join(directory, ".sloth");
  const names = readdirSync(state);
  const inside = ["journal", "rollback", "staging"]
    .filter((name) => names.includes(name))
    .flatMap((name) => readdirSync(join(state, name)).map((one) => `.sloth/${name}/${one}`));
  return [...names.filter((name) => !KNOWN.includes(name)).map((name) => `.sloth/${name}`), ...inside];
}
