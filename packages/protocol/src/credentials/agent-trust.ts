/**
 * How a master knows an agent, and shows it who calls.
 *
 * - `pinned`: the agent's own certificate is known byte for byte; the token goes with every call.
 * - `authority`: somebody's own CA vouches for both ends.
 * - `plaintext`: neither end is known and everybody on the way reads along. Nothing secret can be sent over it.
 */
export type AgentTrust = PinnedAgent | OwnAuthority | { kind: "plaintext" };

export interface PinnedAgent {
  kind: "pinned";
  /** The agent's certificate as PEM. */
  certificate: string;
  /** Absent only where a call without one is meant to be refused. */
  token?: string;
}

/** All as PEM. */
export interface OwnAuthority {
  kind: "authority";
  /** Who has signed the agent's certificate. */
  ca: string;
  certificate: string;
  key: string;
}
