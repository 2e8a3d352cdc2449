import type { Inventory } from "../../inventory/inventory.js";
import { emptyInventory } from "../../inventory/make-inventory.js";

/** The inventory in a file, or the empty one where none is named. @throws {MasterError} INVENTORY */
export async function openInventory(file: string | undefined): Promise<Inventory> {
  if (file === undefined) return emptyInventory;
  const { readInventory } = await import("../../inventory/read-inventory.js");
  return readInventory(file);
}
