import type { Delegation, DelegationPlace } from "../model.js";
import { DEFAULT_PORT, type Parsed, parseAddress } from "./address.js";
import { DELEGATION_FIELDS, PLACE_FIELDS, refuseField } from "./known-fields.js";
import { parseLabels } from "./labels.js";
import { describeType, isRawTable, type RawTable, type RawValue } from "./raw-model.js";

/**
 * Reads `delegate_to`: `"host:port"`, `"name"`, `{ address = … }`, `{ name = … }`, `{ labels = { … } }`,
 * `{ any = { … } }`, each table with `max` or without; or `false`.
 */
export function parseDelegation(raw: RawValue): Parsed<Delegation | false> {
  if (raw === false) return { value: false };
  if (typeof raw === "string") return parseText(raw);
  if (isRawTable(raw)) return parseTable(raw);
  return { problem: `must be an address, a name, a table or false, got ${describeType(raw)}` };
}

function parseText(text: string): Parsed<DelegationPlace> {
  return text.includes(":") ? parseAddress(text) : parseName(text);
}

function parseTable({ max, ...table }: RawTable): Parsed<Delegation> {
  for (const field of Object.keys(table)) {
    const problem = refuseField(field, DELEGATION_FIELDS);
    if (problem) return { problem };
  }
  const place = parseOneOf(table, "an address, a name, labels or any");
  if ("problem" in place || max === undefined) return place;
  if (typeof max === "number" && Number.isInteger(max) && max >= 1) return { value: { ...place.value, max } };
  return { problem: `max must be a whole number of at least 1, got ${describeType(max)}` };
}

/** A table of exactly one field. */
function parseOneOf(table: RawTable, choices: string): Parsed<Delegation> {
  const [field, second] = Object.keys(table);
  if (field === undefined) return { problem: `needs ${choices}` };
  if (second !== undefined) return { problem: `takes one of ${field} and ${second}, not both` };
  const value = table[field] ?? null;
  if (field === "any") return parseAny(value);
  if (field === "labels") return parseLabels(value);
  if (typeof value !== "string") return { problem: `${field} must be a string, got ${describeType(value)}` };
  return field === "name" ? parseName(value) : parseAddress(value, DEFAULT_PORT);
}

function parseAny(list: RawValue): Parsed<Delegation> {
  if (isRawTable(list) && Object.keys(list).length === 0)
    return { problem: "any is empty; list at least one place" };
  if (!Array.isArray(list)) return { problem: `any must be a list of places, got ${describeType(list)}` };
  const of: DelegationPlace[] = [];
  for (const [index, item] of list.entries()) {
    const place = parseMember(item);
    if ("problem" in place) return { problem: `any[${index + 1}] ${place.problem}` };
    of.push(place.value);
  }
  return { value: { kind: "any", of } };
}

function parseMember(raw: RawValue): Parsed<DelegationPlace> {
  if (typeof raw === "string") return parseText(raw);
  if (!isRawTable(raw)) return { problem: `must be an address, a name or a table, got ${describeType(raw)}` };
  if (raw.any !== undefined) return { problem: "holds any itself; write one list" };
  if (raw.max !== undefined) return { problem: "has max, which stands beside any and holds for all of it" };
  for (const field of Object.keys(raw)) {
    const problem = refuseField(field, PLACE_FIELDS);
    if (problem) return { problem: `has the ${problem}` };
  }
  return parseOneOf(raw, "an address, a name or labels") as Parsed<DelegationPlace>;
}

function parseName(name: string): Parsed<DelegationPlace> {
  if (name === "") return { problem: "is empty; write an address or the name of an agent" };
  if (!/^[\w.-]+$/.test(name))
    return { problem: `"${name}" is not a name: letters, digits, ".", "_" and "-" may occur in it` };
  return { value: { kind: "name", name } };
}
