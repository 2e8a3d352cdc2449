import type { Inventory, InventoryEntry } from "./inventory.js";
import { selectAgents } from "./select-agents.js";

/** Addresses stand for themselves; there are no names. */
export const emptyInventory: Inventory = makeInventory([], undefined);

export function makeInventory(entries: readonly InventoryEntry[], file: string | undefined): Inventory {
  return { entries, file, select: (delegation) => selectAgents(delegation, { entries, file }) };
}
