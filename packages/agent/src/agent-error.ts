/** Why an agent cannot start. */
export type AgentErrorCode =
  /** Another process listens on the port. */
  | "PORT_IN_USE"
  /** The port needs more rights than this process has. */
  | "PORT_FORBIDDEN"
  /** The address to listen on is not one of this machine. */
  | "NO_SUCH_ADDRESS"
  /** Certificates or a key of one's own cannot be read, or do not fit together. */
  | "TLS_FILES"
  /** The state directory cannot be made or written. */
  | "STATE_DIRECTORY";

/** The agent itself cannot do its work; what a task does wrong is a result instead. */
export class AgentError extends Error {
  override name = "AgentError";
  constructor(
    readonly code: AgentErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
