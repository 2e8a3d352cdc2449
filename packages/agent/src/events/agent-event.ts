import type { TaskStatus } from "@sloth/runtime";
import type { SessionEndCause } from "../session/session-end.js";

/** Which attempt something happened to. */
export interface AttemptName {
  runId: string;
  group: string;
  task: string;
  /** Counts from 1. */
  number: number;
}

/** Headers of the W3C trace context, as they came. */
export interface TraceHeaders {
  traceparent?: string;
  tracestate?: string;
}

/** How an attempt left the agent: the status of its result, or why it has none. */
export type AttemptOutcome = TaskStatus | SessionEndCause;

/** What happens on an agent, for its log and its metrics. */
export type AgentEvent =
  /** `trace`: the headers by which the master tells of the trace that it belongs to, if it does. */
  | { type: "attempt-accepted"; attempt: AttemptName; trace: TraceHeaders }
  /** It has a slot, for which it has waited so long. */
  | { type: "attempt-granted"; attempt: AttemptName; waitedMs: number }
  /** Its master is not heard any more; it goes on until its lease ends. */
  | { type: "attempt-parted"; attempt: AttemptName }
  | { type: "attempt-joined"; attempt: AttemptName }
  | {
      type: "attempt-ended";
      attempt: AttemptName;
      outcome: AttemptOutcome;
      durationMs: number;
      /** Why it has no result. */
      reason?: string;
    }
  | { type: "draining"; running: number }
  /** Somebody did not show the right credential. Told of a few times a minute for each address. */
  | { type: "caller-refused"; address: string; reason: string }
  /** Something is not as it should be, and the agent goes on. */
  | { type: "warning"; message: string };

/** Takes them one after the other; does not throw. */
export type AgentEventSink = (event: AgentEvent) => void;
