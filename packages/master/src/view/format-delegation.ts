import type { Delegation, DelegationPlace, Labels } from "@sloth/dsl";
import { formatAddress } from "../inventory/inventory.js";

/** Where a task runs, in few words: `host:50051`, `os=linux,gpu`, `a|b max 2`. */
export function formatDelegation(delegation: Delegation): string {
  const places = delegation.kind === "any" ? delegation.of : [delegation];
  const limit = delegation.max === undefined ? "" : ` max ${delegation.max}`;
  return places.map(formatPlace).join("|") + limit;
}

function formatPlace(place: DelegationPlace): string {
  if (place.kind === "labels") return formatLabels(place.labels);
  return place.kind === "name" ? place.name : formatAddress(place.host, place.port);
}

function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => (value === true ? name : `${name}=${value}`))
    .join(",");
}
