import { setTimeout as sleep } from "node:timers/promises";
import { judgeEnd } from "./judge-end.js";
import { leftoversOf } from "./leftovers.js";
import { atMomentOf, type Round, type RoundOptions, startRound } from "./round.js";

/** Kills the agent at a moment of a stage, and starts it again at once. */
export async function killAgent(options: RoundOptions): Promise<Round> {
  const { bench } = options;
  const round = startRound(options);
  const isHit = await atMomentOf(round, options, () => bench.agent.kill("SIGKILL"));
  const [ended] = await Promise.all([round.running.ended, bench.restartAgent()]);
  const violations = [...judgeEnd(ended, round), ...(await leftoversOf(round, bench))];
  return { isHit, outcome: outcomeOf(ended), violations };
}

/** After so long a silence a connection is given up. */
const SILENCE_MS = 8_500;

/**
 * Stops the agent at a moment of a stage, as a machine that sleeps, and lets it go on later: of eight seeds seven after
 * at most 2 s, one after its connection was given up.
 */
export async function suspendAgent(options: RoundOptions): Promise<Round> {
  const { bench, seed, random } = options;
  const round = startRound(options, { onLost: "wait", leaseMs: 60_000 });
  const isHit = await atMomentOf(round, options, () => bench.agent.kill("SIGSTOP"));
  await sleep(seed % 8 === 0 ? SILENCE_MS + random() * 6_500 : 200 + random() * 1_800);
  bench.agent.kill("SIGCONT");
  const ended = await round.running.ended;
  const violations = [...judgeEnd(ended, round), ...(await leftoversOf(round, bench))];
  return { isHit, outcome: outcomeOf(ended), violations };
}

function outcomeOf({ code, stdout }: { code: number; stdout: string }): string {
  if (code === 0) return "succeeded";
  if (/unknown/.test(stdout)) return "unknown";
  if (/changes are lost/.test(stdout)) return "changes lost";
  if (/No agent answers|ended the connection/.test(stdout)) return "not reached";
  if (/no longer what the snapshot saw/.test(stdout)) return "overtaken";
  return /had not started/.test(stdout) ? "not started" : `exit ${code}`;
}
