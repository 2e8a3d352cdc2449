import type { Delegation } from "@sloth/dsl";
import { MasterError } from "../master-error.js";

/** An agent that a task can be sent to. */
export interface AgentTarget {
  /** As the workflow calls it; what people read. */
  label: string;
  host: string;
  port: number;
}

/** Named agents, and addresses that stand for others. */
export interface Inventory {
  /** All that it has, in the order of its file. */
  readonly agents: readonly AgentTarget[];
  /** @throws {MasterError} UNKNOWN_AGENT, and NOT_SUPPORTED for `labels`, `any` and `max` */
  resolve(delegation: Delegation): AgentTarget;
}

/** Addresses stand for themselves; there are no names. */
export const emptyInventory: Inventory = makeInventory(new Map(), undefined);

/** @param file - where the agents were read from, for messages; undefined when no inventory was given. */
export function makeInventory(
  agents: Map<string, { host: string; port: number }>,
  file: string | undefined,
): Inventory {
  return {
    agents: [...agents].map(([label, address]) => ({ label, ...address })),
    resolve(delegation) {
      if (delegation.kind === "labels" || delegation.kind === "any") throw notYet(delegation.kind);
      if (delegation.max !== undefined) throw notYet("max");
      if (delegation.kind === "address") {
        const label = formatAddress(delegation.host, delegation.port);
        return { label, ...(agents.get(label) ?? { host: delegation.host, port: delegation.port }) };
      }
      const known = agents.get(delegation.name);
      if (known) return { label: delegation.name, ...known };
      throw new MasterError("UNKNOWN_AGENT", unknownAgent(delegation.name, [...agents.keys()], file));
    },
  };
}

function notYet(field: string): MasterError {
  return new MasterError(
    "NOT_SUPPORTED",
    `"delegate_to.${field}" is valid, but this version cannot run it yet.`,
  );
}

function unknownAgent(name: string, known: string[], file: string | undefined): string {
  if (!file) {
    return `There is no agent "${name}": no inventory was given. Use "host:port", or name an inventory with --agents FILE.`;
  }
  return `There is no agent "${name}" in ${file}. It has: ${known.join(", ") || "none"}.`;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
