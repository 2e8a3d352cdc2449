/** The infrastructure failed under an attempt; the message says what is known of its outcome. */
export class AgentLost extends Error {
  override name = "AgentLost";
  /** The message without what is to be done, for whoever says that otherwise. */
  readonly reason: string;

  constructor(message: string, { reason = message, ...options }: ErrorOptions & { reason?: string } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
