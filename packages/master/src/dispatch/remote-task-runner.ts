import { describeRpcFailure, isBrokenConnection } from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskResult, TaskRunner } from "@sloth/runtime";
import { openWorkspace, type Workspace, WorkspaceError } from "@sloth/workspace";
import type { AgentTarget } from "../inventory/inventory.js";
import { AgentLost } from "./agent-lost.js";
import type { AgentPool } from "./agent-pool.js";
import type { AttemptTicket } from "./attempt-ticket.js";
import { Conversation } from "./conversation.js";
import type { ConversationOptions, JoinedAttempt } from "./conversation-options.js";
import type { ConnectedAgent } from "./greet-agent.js";
import { isInfrastructure } from "./incoming-changes.js";
import { type LossTerms, lossTerms } from "./loss-terms.js";
import type { Stage } from "./stage.js";
import { PLAIN_TERMS, type WorkspaceTerms } from "./workspace-terms.js";

/** How long an agent may take, beyond the grace period, to say that a cancelled attempt is over. */
const CANCEL_MARGIN_MS = 1500;
/** How much longer the changes of a cancelled attempt are waited for once they are on their way. */
const CHANGES_PATIENCE_MS = 30_000;

/** The workspaces of a run, one for each root. */
export class Workspaces {
  readonly #open = new Map<string, Promise<Workspace>>();

  open(root: string): Promise<Workspace> {
    const known = this.#open.get(root) ?? openWorkspace(root);
    this.#open.set(root, known);
    return known;
  }
}

export interface RemoteTaskRunnerOptions {
  pool: AgentPool;
  workspaces: Workspaces;
  target: AgentTarget;
  /** How an attempt's workspace is sent, and what may become of its changes. Default: {@link PLAIN_TERMS}. */
  termsOf?: (attempt: Attempt, target: AgentTarget) => WorkspaceTerms;
  /** What becomes of an attempt whose agent is lost. Default: it has failed. */
  loss?: LossTerms | undefined;
  /** An attempt that another process has begun, to be joined instead of beginning it. */
  joined?: JoinedAttempt | undefined;
  ticketOf?: ((attempt: Attempt) => AttemptTicket) | undefined;
  /** Resolves when what was told until now would survive the end of this process. Default: at once. */
  recorded?: (() => Promise<void>) | undefined;
  /** Headers to be sent along with an attempt. Default: none. */
  headersOf?: ((attempt: Attempt) => Record<string, string>) | undefined;
}

/** Runs attempts on an agent: a {@link TaskRunner} as the local one is. */
export function createRemoteTaskRunner(options: RemoteTaskRunnerOptions): TaskRunner {
  return { run: (attempt, { signal }) => withResult(runOnAgent(attempt, signal, options)) };
}

/** An attempt's events, of which a failure of the infrastructure or of the workspace is the last one. */
async function* withResult(events: AsyncIterable<TaskEvent>): AsyncGenerator<TaskEvent> {
  try {
    yield* events;
  } catch (error) {
    yield { type: "result", result: resultOfFailure(error) };
  }
}

/** How a task ended that {@link runOnAgent} has thrown for. Throws what is no failure of its own again. */
export function resultOfFailure(error: unknown): TaskResult {
  if (!(error instanceof AgentLost || error instanceof WorkspaceError)) throw error;
  const isLost = error instanceof AgentLost || isInfrastructure(error);
  return { status: isLost ? "lost" : "failed", message: error.message };
}

/**
 * One attempt on one agent.
 * @throws {AgentLost} which says whether the task may have started
 * @throws {WorkspaceError}
 */
export async function* runOnAgent(
  attempt: Attempt,
  signal: AbortSignal,
  options: RemoteTaskRunnerOptions,
): AsyncGenerator<TaskEvent> {
  const { pool, workspaces, target } = options;
  const { termsOf = () => PLAIN_TERMS, headersOf = () => ({}), loss = lossTerms() } = options;
  const reached = signal.aborted
    ? undefined
    : await unlessAborted(Promise.all([workspaces.open(attempt.workspace), pool.connect(target)]), signal);
  if (!reached)
    return yield { type: "result", result: options.joined ? CANCELLED_UNHEARD : CANCELLED_BEFORE };
  const [workspace, { target: _, ...agent }] = reached;
  // Another task may call the same agent by another name.
  yield* converse(attempt, signal, {
    agent: { ...agent, target },
    pool,
    uploads: pool.uploads,
    workspace,
    loss,
    joined: options.joined,
    ticket: options.ticketOf?.(attempt),
    recorded: options.recorded,
    terms: termsOf(attempt, target),
    headers: headersOf(attempt),
  });
}

/** Of what was not wanted any more. */
export const CANCELLED_BEFORE: TaskResult = {
  status: "cancelled",
  message: "cancelled before it started",
};

/** Of an attempt that was not heard of again. */
const MAY_LIVE = "It may run there until its lease ends; whether it finished is unknown.";

const CANCELLED_UNHEARD: TaskResult = { status: "cancelled", message: `cancelled. ${MAY_LIVE}` };

/** What `work` gives, or undefined when the signal aborts first; `work` then goes on unheard. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let onAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
  });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const done = await Promise.race([work, aborted]);
    return signal.aborted ? undefined : done;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function* converse(
  attempt: Attempt,
  signal: AbortSignal,
  options: Omit<ConversationOptions, "attempt" | "signal">,
): AsyncGenerator<TaskEvent> {
  const { agent } = options;
  const hangUp = new AbortController();
  const conversation = new Conversation({
    ...options,
    attempt: { ...attempt, agent: agent.target.label },
    signal: hangUp.signal,
  });
  let patience: NodeJS.Timeout | undefined;
  const onAbort = () => {
    conversation.cancel(String(signal.reason?.message ?? "cancelled"));
    // Changes that are on their way may be large.
    const giveUp = () => {
      if (conversation.stage === "collecting")
        patience = setTimeout(() => hangUp.abort(), CHANGES_PATIENCE_MS);
      else hangUp.abort();
    };
    patience = setTimeout(giveUp, attempt.graceMs + CANCEL_MARGIN_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    yield* conversation.hold();
  } catch (error) {
    if (signal.aborted)
      return yield { type: "result", result: unconfirmedCancel(conversation, agent, hangUp.signal.aborted) };
    throw explainLoss(error, conversation, agent);
  } finally {
    clearTimeout(patience);
    signal.removeEventListener("abort", onAbort);
    if (!conversation.hasParted) hangUp.abort();
  }
}

function unconfirmedCancel(
  { mayHaveStarted }: Pick<Conversation, "mayHaveStarted">,
  { target }: ConnectedAgent,
  hungUp: boolean,
): TaskResult {
  const why = hungUp ? "did not confirm it in time" : "was lost meanwhile";
  const outcome = mayHaveStarted ? `. ${MAY_LIVE}` : "";
  return { status: "cancelled", message: `cancelled, but the agent ${target.label} ${why}${outcome}` };
}

/** What a broken stream means for the task, by how far it had come. */
function explainLoss(
  error: unknown,
  { stage, mayHaveStarted }: Pick<Conversation, "stage" | "mayHaveStarted">,
  agent: ConnectedAgent,
): Error {
  const { target } = agent;
  if (error instanceof WorkspaceError || error instanceof AgentLost) return error;
  const { kind, details } = describeRpcFailure(error);
  const what =
    kind === "unavailable"
      ? `The agent ${target.label} was lost (${details})`
      : `The agent ${target.label} broke off: ${details}`;
  const isUnknown = stage === "syncing" && mayHaveStarted;
  const outcome = isUnknown ? perhapsStarted : consequence[stage];
  const reason = what.replace(/\.$/, "");
  return new AgentLost(`${reason}. ${outcome}`, {
    reason,
    isBeforeStart: !mayHaveStarted,
    broken: isBrokenConnection(error) ? agent : undefined,
    cause: error,
  });
}

const neverStarted = "The task had not started.";
const perhapsStarted = "Whether the task started is unknown; the working directory is as it was.";
const consequence: Record<Stage, string> = {
  opening: neverStarted,
  waiting: neverStarted,
  syncing: neverStarted,
  joining: "Whether the task finished is unknown; the working directory is as it was.",
  joined: "Whether the task finished is unknown; the working directory is as it was.",
  running: "Whether the task finished is unknown; the working directory is as it was.",
  collecting: "The task had finished there, but its changes are lost; the working directory is as it was.",
  closing: "The task had finished and its changes are here.",
};
