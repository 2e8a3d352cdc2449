import { describeRpcFailure } from "@sloth/protocol";
import type { Attempt, TaskEvent, TaskRunner } from "@sloth/runtime";
import { openWorkspace, type Workspace, WorkspaceError } from "@sloth/workspace";
import type { AgentTarget } from "../inventory/inventory.js";
import { AgentLost } from "./agent-lost.js";
import type { AgentPool } from "./agent-pool.js";
import { Conversation, type ConversationOptions, type Stage } from "./conversation.js";
import type { ConnectedAgent } from "./greet-agent.js";
import { isInfrastructure } from "./incoming-changes.js";
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
  termsOf?: (attempt: Attempt) => WorkspaceTerms;
}

/** Runs attempts on an agent: a {@link TaskRunner} as the local one is. */
export function createRemoteTaskRunner(options: RemoteTaskRunnerOptions): TaskRunner {
  return { run: (attempt, { signal }) => runRemotely(attempt, signal, options) };
}

async function* runRemotely(
  attempt: Attempt,
  signal: AbortSignal,
  { pool, workspaces, target, termsOf = () => PLAIN_TERMS }: RemoteTaskRunnerOptions,
): AsyncGenerator<TaskEvent> {
  try {
    const reached = signal.aborted
      ? undefined
      : await unlessAborted(Promise.all([workspaces.open(attempt.workspace), pool.connect(target)]), signal);
    if (reached)
      yield* converse(attempt, signal, { agent: reached[1], workspace: reached[0], terms: termsOf(attempt) });
    else yield { type: "result", result: { status: "cancelled", message: "cancelled before it started" } };
  } catch (error) {
    if (!(error instanceof AgentLost || error instanceof WorkspaceError)) throw error;
    const isLost = error instanceof AgentLost || isInfrastructure(error);
    yield { type: "result", result: { status: isLost ? "lost" : "failed", message: error.message } };
  }
}

/** What `work` gives, or undefined when the signal aborts first; `work` then goes on unheard. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
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
  { agent, workspace, terms }: Pick<ConversationOptions, "agent" | "workspace" | "terms">,
): AsyncGenerator<TaskEvent> {
  const hangUp = new AbortController();
  const conversation = new Conversation({
    attempt: { ...attempt, agent: agent.target.label },
    agent,
    workspace,
    terms,
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
      return yield { type: "result", result: unconfirmedCancel(agent, hangUp.signal.aborted) };
    throw explainLoss(error, conversation.stage, agent);
  } finally {
    clearTimeout(patience);
    signal.removeEventListener("abort", onAbort);
    hangUp.abort();
  }
}

function unconfirmedCancel(agent: ConnectedAgent, hungUp: boolean) {
  const why = hungUp ? "did not confirm it in time" : "was lost meanwhile";
  return { status: "cancelled" as const, message: `cancelled, but the agent ${agent.target.label} ${why}` };
}

/** What a broken stream means for the task, by how far it had come. */
function explainLoss(error: unknown, stage: Stage, { target }: ConnectedAgent): Error {
  if (error instanceof WorkspaceError) return error;
  const { kind, details } = describeRpcFailure(error);
  const what =
    kind === "unavailable"
      ? `The agent ${target.label} was lost (${details})`
      : `The agent ${target.label} broke off: ${details}`;
  return new AgentLost(`${what.replace(/\.$/, "")}. ${consequence[stage]}`, { cause: error });
}

const neverStarted = "The task had not started.";
const consequence: Record<Stage, string> = {
  opening: neverStarted,
  waiting: neverStarted,
  syncing: neverStarted,
  running: "Whether the task finished is unknown; the working directory is as it was.",
  collecting: "The task had finished there, but its changes are lost; the working directory is as it was.",
  closing: "The task had finished and its changes are here.",
};
