import { dirname, resolve } from "node:path";
import { findInventory } from "../cli/place/find-inventory.js";
import { readInventory } from "../inventory/read-inventory.js";
import type { Candidate } from "./candidate.js";
import type { TypedArguments } from "./typed-line.js";

/** Agents of the inventory that the command would use; after each comma, `!` and `&` anew. */
export async function agentNames({ options, current }: TypedArguments): Promise<Candidate[]> {
  const directory = process.cwd();
  const workflow = options.get("file")?.at(-1);
  const start = workflow === undefined ? directory : dirname(resolve(directory, workflow));
  const file = options.get("agents")?.at(-1) ?? findInventory(start, { directory, env: process.env }).file;
  if (file === undefined) return [];
  const typed = /^(.*,)?[!&]?/s.exec(current)?.[0] ?? "";
  const { entries } = await readInventory(file);
  return entries.map(({ target }) => ({ value: typed + target.label }));
}
