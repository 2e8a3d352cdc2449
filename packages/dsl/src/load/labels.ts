import type { DelegationPlace, Labels } from "../model.js";
import type { Parsed } from "./address.js";
import { describeType, isRawTable, type RawValue } from "./raw-model.js";

/** Labels are also typed and listed, as `os=linux,gpu`: their texts hold nothing that has a meaning there. */
const NAME = /^[\w./-]+$/;
const TEXT = /^[^\s\p{Cc},=|]+$/u;

/** Reads `labels` of `delegate_to`: what an agent must have. */
export function parseLabels(raw: RawValue): Parsed<DelegationPlace> {
  if (!isRawTable(raw))
    return { problem: `labels must be a table such as { os = "linux" }, got ${describeType(raw)}` };
  const labels: Labels = Object.create(null);
  for (const [name, value] of Object.entries(raw).sort(byName)) {
    const problem = labelProblem(name, value);
    if (problem) return { problem };
    labels[name] = value as Labels[string];
  }
  if (Object.keys(labels).length === 0) return { problem: "labels is empty; name at least one" };
  return { value: { kind: "labels", labels } };
}

/** Lua gives them in another order each time. */
function byName([a]: [string, RawValue], [b]: [string, RawValue]): number {
  return a < b ? -1 : 1;
}

function labelProblem(name: string, value: RawValue): string | undefined {
  if (!NAME.test(name))
    return `labels has the impossible name ${JSON.stringify(name)}: letters, digits, ".", "_", "-" and "/" may occur`;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return undefined;
  if (typeof value !== "string")
    return `labels.${name} must be a string, a number or a boolean, got ${describeType(value)}`;
  if (TEXT.test(value)) return undefined;
  return `labels.${name} must not be empty or hold blanks, ",", "=" or "|", got ${JSON.stringify(value)}`;
}
