import type { Inventory } from "../../inventory/inventory.js";
import { emptyInventory } from "../../inventory/make-inventory.js";

/**
 * The inventory in a file, or the empty one where none is named or found.
 * @param limit - patterns of agents; others are not used
 * @throws {MasterError} INVENTORY, and USAGE for a pattern that is none
 */
export async function openInventory(
  file: string | undefined,
  limit: readonly string[] = [],
): Promise<Inventory> {
  const all = file === undefined ? emptyInventory : await read(file);
  if (limit.length === 0) return all;
  const { limitInventory, parseLimit } = await import("../../inventory/limit.js");
  return limitInventory(all, parseLimit(limit));
}

async function read(file: string): Promise<Inventory> {
  const inventory = await (await import("../../inventory/read-inventory.js")).readInventory(file);
  const references = inventory.entries.flatMap(({ target }) => target.credential ?? []);
  // Reading them brings in what speaks with agents, which takes time to load.
  if (references.length > 0) (await import("../../trust/referred-line.js")).withholdLines(references);
  return inventory;
}
