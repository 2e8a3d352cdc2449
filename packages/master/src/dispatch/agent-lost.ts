import type { ConnectedAgent } from "./greet-agent.js";

export interface AgentLostOptions extends ErrorOptions {
  /** The message without what is to be done. Default: the message. */
  reason?: string;
  /** A command that mends it, on this machine or the agent's. */
  mend?: string | undefined;
  /** Whether it is certain that the task has not started. Default false. */
  isBeforeStart?: boolean;
  /** The agent whose connection broke; it may be found again over another one. */
  broken?: ConnectedAgent | undefined;
}

/** The infrastructure failed under an attempt; the message says what is known of its outcome. */
export class AgentLost extends Error {
  override name = "AgentLost";
  /** The message without what is to be done, for whoever says that otherwise. */
  readonly reason: string;
  /** A command that mends it, on this machine or the agent's. */
  readonly mend: string | undefined;
  /** It is certain that the task has not started, so it may start elsewhere. */
  readonly isBeforeStart: boolean;
  /** The agent whose connection broke; it may be found again over another one. */
  readonly broken: ConnectedAgent | undefined;

  constructor(
    message: string,
    { reason = message, mend, isBeforeStart = false, broken, ...options }: AgentLostOptions = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.mend = mend;
    this.isBeforeStart = isBeforeStart;
    this.broken = broken;
  }
}
