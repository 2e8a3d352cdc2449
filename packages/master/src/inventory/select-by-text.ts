import { parseAddress } from "@sloth/dsl";
import { MasterError } from "../master-error.js";
import type { Inventory } from "./inventory.js";
import { namesOf, parseLimit } from "./limit.js";
import { parseLabelExpression } from "./parse-label-expression.js";
import { noAgent } from "./select-agents.js";
import type { Candidate } from "./selection.js";

/**
 * All agents that a typed selector means: `all`, names and patterns as for `--limit`, labels where there is an `=`, or
 * the address of one that no inventory has.
 * @throws {MasterError} USAGE for what is none of these, UNKNOWN_AGENT when nobody is meant
 */
export function selectByText(text: string, inventory: Inventory): Candidate[] {
  if (text.includes("=")) return withLabels(text, inventory);
  const limit = parseLimit([text]);
  const found = inventory.entries.filter(({ target }) => limit.admits(namesOf(target, inventory)));
  if (found.length > 0) return found.map(({ target }) => ({ target, unsettled: [] }));
  const address = text.includes(":") ? parseAddress(text) : undefined;
  if (address && "value" in address)
    return [...inventory.select({ ...address.value, kind: "address" }).candidates];
  throw noAgent(`No agent is ${text}`, inventory);
}

function withLabels(text: string, inventory: Inventory): Candidate[] {
  const labels = parseLabelExpression(text);
  if ("problem" in labels) throw new MasterError("USAGE", `${labels.problem}.`);
  return [...inventory.select({ kind: "labels", labels: labels.value }).candidates];
}
