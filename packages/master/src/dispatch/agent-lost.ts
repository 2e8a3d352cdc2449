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
  /** Whether one end does not know the other, or takes it for an impostor. Default false. */
  isDistrust?: boolean;
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
  /** One end does not know the other, so it will be no different until somebody sees to it. */
  readonly isDistrust: boolean;

  constructor(
    message: string,
    {
      reason = message,
      mend,
      isBeforeStart = false,
      broken,
      isDistrust = false,
      ...options
    }: AgentLostOptions = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.mend = mend;
    this.isBeforeStart = isBeforeStart;
    this.broken = broken;
    this.isDistrust = isDistrust;
  }
}
