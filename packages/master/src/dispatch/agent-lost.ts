export interface AgentLostOptions extends ErrorOptions {
  reason?: string;
  mend?: string | undefined;
}

/** The infrastructure failed under an attempt; the message says what is known of its outcome. */
export class AgentLost extends Error {
  override name = "AgentLost";
  /** The message without what is to be done, for whoever says that otherwise. */
  readonly reason: string;
  /** A command that mends it, on this machine or the agent's. */
  readonly mend: string | undefined;

  constructor(message: string, { reason = message, mend, ...options }: AgentLostOptions = {}) {
    super(message, options);
    this.reason = reason;
    this.mend = mend;
  }
}
