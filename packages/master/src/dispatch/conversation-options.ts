import type { Attempt } from "@sloth/runtime";
import type { Snapshot, Workspace } from "@sloth/workspace";
import type { AttemptTicket } from "./attempt-ticket.js";
import type { FindAgainOptions } from "./find-again.js";
import type { ConnectedAgent } from "./greet-agent.js";
import type { LossTerms } from "./loss-terms.js";
import type { ReceivedOutput } from "./output-checker.js";
import type { Partings } from "./partings.js";
import type { Semaphore } from "./semaphore.js";
import type { WorkspaceTerms } from "./workspace-terms.js";

/** What is known of an attempt that another process has begun. */
export interface JoinedAttempt {
  key: string;
  /** Whether its start was told. */
  hasStarted: boolean;
  base: Snapshot;
  received: ReceivedOutput;
}

export interface ConversationOptions {
  attempt: Attempt;
  agent: ConnectedAgent;
  /** Through which its contents go. */
  uploads: Semaphore;
  workspace: Workspace;
  terms: WorkspaceTerms;
  loss: LossTerms;
  /** An attempt that was begun elsewhere, to be joined. Absent: it is begun here. */
  joined?: JoinedAttempt | undefined;
  /** Told of the attempt before it can start, so that another process can join it, and of its result. */
  ticket?: AttemptTicket | undefined;
  /** Resolves when what was told until now would survive the end of this process. Default: at once. */
  recorded?: (() => Promise<void>) | undefined;
  pool: FindAgainOptions["pool"] & { partings: Partings };
  /** Sent along with the call. */
  headers: Record<string, string>;
  /** Ends the conversation at once; a polite cancellation is `cancel()`. */
  signal: AbortSignal;
}
