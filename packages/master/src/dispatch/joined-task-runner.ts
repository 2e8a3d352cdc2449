import { setTimeout as sleep } from "node:timers/promises";
import { describeRpcFailure } from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskRunner } from "@sloth/runtime";
import { restoreSnapshot } from "@sloth/workspace";
import type { Ticket } from "../run-store/tickets.js";
import { AgentLost } from "./agent-lost.js";
import type { JoinedAttempt } from "./conversation-options.js";
import { findAgain } from "./find-again.js";
import type { ConnectedAgent } from "./greet-agent.js";
import { lossTerms, patienceOf } from "./loss-terms.js";
import { type RemoteTaskRunnerOptions, resultOfFailure, runOnAgent } from "./remote-task-runner.js";

/** What a run that was killed has left of an attempt on an agent. */
export interface LeftAttempt {
  ticket: Ticket;
  /** Whether its start was recorded. */
  hasStarted: boolean;
  encodedBase: Uint8Array;
  /** Called when what was recorded of its output elsewhere is recorded in this run. */
  adopt(): Promise<void>;
  /** What was recorded of its output, in order. */
  output(): AsyncIterable<Extract<TaskEvent, { type: "output" | "log" }>>;
}

/** How long a reaper takes beyond the grace period. */
const REAPING_MS = 5000;

export type JoinedRunnerOptions = Omit<RemoteTaskRunnerOptions, "target" | "joined">;

/**
 * Joins an attempt that the process of another run has begun: tells what was recorded of it, then goes on where that
 * ends. The first attempt only; when it turns out that it had never started, and for all later ones, `afresh` runs.
 */
export function createJoinedTaskRunner(
  left: LeftAttempt,
  afresh: TaskRunner,
  options: JoinedRunnerOptions,
): TaskRunner {
  let isFirst = true;
  return {
    run(attempt, { signal }) {
      if (!isFirst) return afresh.run(attempt, { signal });
      isFirst = false;
      return join(attempt, signal, { left, afresh, options });
    },
  };
}

interface JoinContext {
  left: LeftAttempt;
  afresh: TaskRunner;
  options: JoinedRunnerOptions;
}

async function* join(
  attempt: Attempt,
  signal: AbortSignal,
  { left, afresh, options }: JoinContext,
): AsyncGenerator<TaskEvent> {
  const { agent: target } = left.ticket;
  yield { type: "placed", agent: target.label };
  if (left.hasStarted) yield { type: "started", agent: target.label };
  const received = { stdoutBytes: 0, stderrBytes: 0, logs: 0 };
  for await (const event of left.output()) {
    if (event.type === "log") received.logs += 1;
    else received[`${event.stream}Bytes`] += event.bytes.length;
    yield event;
  }
  await options.recorded?.();
  // Where the disk takes no more, the other run stays the one whose record has it.
  await left.adopt().catch(() => {});
  const { result } = left.ticket;
  if (result) return yield { type: "result", result };
  const joined: JoinedAttempt = {
    key: left.ticket.key,
    hasStarted: left.hasStarted,
    base: restoreSnapshot(left.ticket.root, left.encodedBase),
    received,
  };
  try {
    await reach(left.ticket, { ...options, graceMs: attempt.graceMs }, signal);
    yield* runOnAgent(attempt, signal, { ...options, target, joined });
  } catch (error) {
    if (error instanceof AgentLost && error.isBeforeStart && !left.hasStarted)
      yield* afresh.run(attempt, { signal });
    else yield { type: "result", result: resultOfFailure(withOutcome(error)) };
  }
}

/**
 * The process that has the attempt; it is looked for as long as after a connection that broke.
 * @throws {AgentLost} when it is not found: it may run all the same
 */
async function reach(
  { agent: target, instanceId }: Ticket,
  { pool, loss = lossTerms(), graceMs }: JoinedRunnerOptions & { graceMs: number },
  signal: AbortSignal,
): Promise<void> {
  const wanted = { target, about: { instanceId } } as ConnectedAgent;
  const connecting = { reconnect: () => pool.connect(target) };
  const patienceMs = patienceOf(loss, graceMs);
  const found = await findAgain(wanted, { pool: connecting, patienceMs, signal }).catch(async (error) => {
    // The reaper of the process that had it may be at work, and another attempt may follow.
    if (loss.onLost === "retry") await sleep(graceMs + REAPING_MS, undefined, { signal }).catch(() => {});
    throw error;
  });
  if (!found && !signal.aborted)
    throw new AgentLost(`The agent ${target.label}, on which it was under way, does not answer.`);
}

function withOutcome(error: unknown): unknown {
  if (!(error instanceof AgentLost) || /unknown/.test(error.message)) return error;
  const { kind } = describeRpcFailure(error.cause);
  const reason = error.reason.replace(/\.$/, "");
  const over = kind === "refused" ? "It was ended there" : "It may run there until its lease ends";
  return new AgentLost(`${reason}. ${over}; whether it had finished is unknown.`, { reason, cause: error });
}
