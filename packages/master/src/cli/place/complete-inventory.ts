import type { Completed } from "../command-line/command.js";
import type { Parsed } from "../config/with-settings.js";
import { findInventory, type InventorySearch } from "./find-inventory.js";

/**
 * Adds the inventory to what was typed where none is named.
 * @param start - the directory in which the search begins, absolute. Default: where the command was typed
 */
export function completeInventory(
  typed: Parsed,
  search: InventorySearch & { start?: string } = { directory: process.cwd(), env: process.env },
): Completed {
  if (typed.agents !== undefined) return { parsed: typed, notices: [] };
  const { file, notices } = findInventory(search.start ?? search.directory, search);
  return { parsed: { ...typed, ...(file !== undefined && { agents: file }) }, notices };
}
