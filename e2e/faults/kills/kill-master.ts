import type { Ended } from "../../support/processes.js";
import { judgeEnd } from "./judge-end.js";
import { leftoversOf } from "./leftovers.js";
import { atMomentOf, type Round, type RoundOptions, type RoundRun, startRound } from "./round.js";
import { STAGES } from "./stage.js";

/** Longer than it takes to take a run up on a busy machine. */
const LONG_LEASE_MS = 30_000;

/**
 * Kills the master at a moment of a stage. Of three seeds one is taken up at once, one after a look at the tree, and one
 * never, so that its lease ends.
 */
export async function killMaster(options: RoundOptions): Promise<Round> {
  const { bench, stage, seed } = options;
  const way = (seed + STAGES.indexOf(stage)) % 3;
  const isForsaken = way === 0;
  const round = startRound(options, isForsaken ? {} : { leaseMs: LONG_LEASE_MS });
  const isHit = await atMomentOf(round, options, () => {
    if (!round.watch.has("over")) round.running.kill("SIGKILL");
  });
  const killed = await round.running.ended;
  if (killed.code !== 137)
    return { isHit: false, outcome: "ended before", violations: judgeEnd(killed, round) };
  const violations: string[] = [];
  if (way !== 2) violations.push(...(await lookAtTree(round, options)));
  const taken = isForsaken ? { outcome: "left" } : await takeUp(round, killed, options);
  violations.push(...("violations" in taken ? taken.violations : []), ...(await leftoversOf(round, bench)));
  return { isHit, outcome: taken.outcome, violations };
}

/** The next start makes the tree wholly old or wholly new. */
async function lookAtTree({ ledger, tasks }: RoundRun, { bench }: RoundOptions): Promise<string[]> {
  const { code, stderr } = await bench.startSloth(["sync", "--dry-run"]).ended;
  const violations = code === 0 ? [] : [`sync --dry-run: exit ${code}: ${stderr}`];
  for (const task of tasks) {
    if (ledger.stateOf(task) === "neither")
      violations.push(`${task}: the tree is half changed after a start`);
    if (ledger.startsOf(task) > 1) violations.push(`${task}: it began ${ledger.startsOf(task)} times`);
    if (ledger.logOf(task) === "damaged") violations.push(`${task}: its output is damaged`);
  }
  if (!ledger.isRestUntouched) violations.push("files that no task changes were changed");
  return violations;
}

async function takeUp(
  round: RoundRun,
  killed: Ended,
  { bench }: RoundOptions,
): Promise<{ outcome: string; violations: string[] }> {
  const resumed = await bench.startSloth(["resume", "--output", "json"]).ended;
  if (resumed.code !== 2) {
    const outcome = resumed.code === 0 ? "taken up" : "unknown";
    return { outcome, violations: mustSucceed(resumed, round) };
  }
  if (/has ended \(succeeded\)/.test(resumed.stderr))
    return { outcome: "had ended", violations: mustSucceed({ ...killed, code: 0 }, round) };
  if (!/No run is recorded/.test(resumed.stderr))
    return { outcome: "refused", violations: [`resume: ${resumed.stderr}`] };
  // Nothing of it was recorded, so nothing may have begun.
  const anew = await bench.startSloth(["run", "--output", "json", "--grace", "300ms"]).ended;
  return { outcome: "begun anew", violations: mustSucceed(anew, round) };
}

/** Within its lease nothing is unknown. */
function mustSucceed(ended: Pick<Ended, "code" | "stdout" | "stderr">, round: RoundRun): string[] {
  return [...(ended.code === 0 ? [] : [`exit ${ended.code} within the lease`]), ...judgeEnd(ended, round)];
}
