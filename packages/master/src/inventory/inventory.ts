import type { Delegation, Labels } from "@sloth/dsl";
import type { AgentSelection } from "./selection.js";

/** An agent that a task can be sent to. */
export interface AgentTarget {
  /** As the workflow or the inventory calls it; what people read. */
  label: string;
  host: string;
  port: number;
  /** What its certificate is made out to, where `host` is one of the addresses of that name. Absent: `host`. */
  certificateHost?: string;
  /** Where what it is spoken to with is to be found. Absent: where it is by default. */
  credential?: CredentialReference;
}

/** Where a credential is; never the credential. */
export type CredentialReference = { /** Absolute. */ file: string } | { /** Of a variable. */ env: string };

/** An agent as an inventory has it. */
export interface InventoryEntry {
  target: AgentTarget;
  labels: Labels;
  /** Other names of it, and addresses that stand for it. */
  aliases: readonly string[];
}

/** Named agents, and addresses that stand for others. */
export interface Inventory {
  /** All that it has, in the order of its file. */
  readonly entries: readonly InventoryEntry[];
  /** Where they were read from, for messages; undefined when no inventory was given. */
  readonly file: string | undefined;
  /** @throws {MasterError} UNKNOWN_AGENT when no agent can be what is asked for */
  select(delegation: Delegation): AgentSelection;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
