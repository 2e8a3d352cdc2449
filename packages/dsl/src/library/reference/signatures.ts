import { FUNCTIONS } from "./library.js";
import type { Value } from "./reference.js";

/** Types that a call is checked for. A type of the reference that is none of these is a class, which is a table. */
const CHECKED = ["string", "integer", "number", "boolean", "table", "function", "any"];

/**
 * Lua that returns what each function takes, by its name, for `check` in prelude.ts:
 * `["exec.command"] = { { "string" }, { "table", true }, rest = "string" }`, where `true` is for what may be left out.
 */
export function signaturesInLua(): string {
  const entries = FUNCTIONS.map(({ name, parameters }) => {
    return `["${name}"] = { ${parameters.map(writeParameter).join(", ")} },`;
  });
  return `return {\n${entries.join("\n")}\n}`;
}

function writeParameter({ name, type, optional }: Value): string {
  const checked = `"${checkedType(type)}"`;
  if (name === "...") return `rest = ${checked}`;
  return optional ? `{ ${checked}, true }` : `{ ${checked} }`;
}

function checkedType(type: string): string {
  if (CHECKED.includes(type)) return type;
  return type.startsWith("sloth.") || type.startsWith("table<") ? "table" : "any";
}
