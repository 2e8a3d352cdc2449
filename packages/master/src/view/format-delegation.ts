import type { Delegation } from "@sloth/dsl";
import { formatPlace } from "../inventory/select-agents.js";

/** Where a task runs, in few words: `host:50051`, `os=linux,gpu`, `a|b max 2`. */
export function formatDelegation(delegation: Delegation): string {
  const places = delegation.kind === "any" ? delegation.of : [delegation];
  const limit = delegation.max === undefined ? "" : ` max ${delegation.max}`;
  return places.map(formatPlace).join("|") + limit;
}
