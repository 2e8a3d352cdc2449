import { type Delegation, type DelegationPlace, didYouMean, type Labels } from "@sloth/dsl";
import { MasterError } from "../master-error.js";
import { formatAddress, type Inventory, type InventoryEntry } from "./inventory.js";
import { formatLabels, unanswered, writtenNames } from "./labels.js";
import type { AgentSelection, Candidate } from "./selection.js";

type Known = Pick<Inventory, "entries" | "file">;

/**
 * Finds the agents that a delegation may mean.
 *
 * 1. A name, an address or an alias is one agent; an address that nobody has stands for itself.
 * 2. Labels are all agents that have them, and those that may: what is written decides, and what agents tell is left
 *    open.
 * 3. A list is all of these, each agent once, in the order of the list.
 *
 * @throws {MasterError} UNKNOWN_AGENT when nothing is left, with the agents that there are
 */
export function selectAgents(delegation: Delegation, known: Known): AgentSelection {
  const places = delegation.kind === "any" ? delegation.of : [delegation];
  const found = places.map((place) => ({ place, candidates: candidatesOf(place, known) }));
  const candidates = eachOnce(found.flatMap((one) => one.candidates));
  const nobody = found.find((one) => one.candidates.length === 0);
  if (candidates.length === 0 && nobody) throw noAgent(`No agent has ${formatPlace(nobody.place)}`, known);
  const { max } = delegation;
  return {
    text: places.map(formatPlace).join("|"),
    key: found.map(keyOf).sort().join("|"),
    candidates,
    ...(max !== undefined && { max }),
  };
}

function candidatesOf(place: DelegationPlace, known: Known): Candidate[] {
  if (place.kind === "labels") {
    const written = writtenNames(known.entries);
    return known.entries.flatMap((entry) => candidateWith(place.labels, entry, written));
  }
  const name = formatPlace(place);
  const entry = known.entries.find(({ target, aliases }) => target.label === name || aliases.includes(name));
  // The name that the workflow uses is the one that its reader knows.
  if (entry) return [{ target: { ...entry.target, label: name }, unsettled: [] }];
  if (place.kind === "name") throw unknownName(name, known);
  const { host, port } = place;
  return [{ target: { label: name, host, port }, unsettled: [] }];
}

function candidateWith(
  wanted: Labels,
  { target, labels }: InventoryEntry,
  written: ReadonlySet<string>,
): Candidate[] {
  const open = unanswered(wanted, labels, written);
  if (!open) return [];
  return [{ target, unsettled: Object.keys(open).length > 0 ? [open] : [] }];
}

/** Who is there for sure in one way need not be asked about another. */
function eachOnce(candidates: readonly Candidate[]): Candidate[] {
  const byAddress = new Map<string, Candidate>();
  for (const { target, unsettled } of candidates) {
    const address = formatAddress(target.host, target.port);
    const other = byAddress.get(address);
    const isSure = unsettled.length === 0 || other?.unsettled.length === 0;
    byAddress.set(address, {
      target: other?.target ?? target,
      unsettled: isSure ? [] : [...(other?.unsettled ?? []), ...unsettled],
    });
  }
  return [...byAddress.values()];
}

/** An alias asks for the same agent as its name does. */
function keyOf({
  place,
  candidates: [first],
}: {
  place: DelegationPlace;
  candidates: readonly Candidate[];
}): string {
  if (place.kind === "labels" || !first) return formatPlace(place);
  return formatAddress(first.target.host, first.target.port);
}

/** A place in few words: `host:50051`, `os=linux,gpu`. */
export function formatPlace(place: DelegationPlace): string {
  if (place.kind === "labels") return formatLabels(place.labels);
  return place.kind === "name" ? place.name : formatAddress(place.host, place.port);
}

function unknownName(name: string, { entries, file }: Known): MasterError {
  if (file === undefined) return withoutInventory(`There is no agent "${name}"`);
  const names = entries.flatMap(({ target, aliases }) => [target.label, ...aliases]);
  const near = didYouMean(name, names) || ".";
  return unknownAgent(`There is no agent "${name}" in ${file}${near} It has: ${names.join(", ") || "none"}.`);
}

/** @param missing - what is missed, as the beginning of a sentence */
export function noAgent(missing: string, { entries, file }: Known): MasterError {
  if (file === undefined) return withoutInventory(missing);
  return unknownAgent(`${missing}. ${file} has: ${describeAgents(entries)}.`);
}

/** Agents with what they have, for whoever asked for something that none has. */
export function describeAgents(agents: readonly { target: { label: string }; labels: Labels }[]): string {
  const texts = agents.map(
    ({ target, labels }) => `${target.label} (${formatLabels(labels) || "no labels"})`,
  );
  return texts.join(", ") || "no agents";
}

function withoutInventory(problem: string): MasterError {
  const advice = 'Use "host:port", or write an agents.yaml, or name one with --agents FILE.';
  return unknownAgent(`${problem}: no inventory was given. ${advice}`);
}

function unknownAgent(message: string): MasterError {
  return new MasterError("UNKNOWN_AGENT", message);
}
