import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { INVENTORY_NAME } from "../../plan/found-names.js";
import { printableName } from "../../view/printable.js";
import { searchUpwards } from "./search-upwards.js";

export interface FoundInventory {
  /** As a person would type it. Absent: there is none. */
  file?: string;
  /** What a person should know. */
  notices: string[];
}

export interface InventorySearch {
  /** Where the command was typed, absolute. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The inventory that is used where none is named: beside the workflow, else above it as far as its project goes, else
 * the user's own, `$XDG_CONFIG_HOME/sloth/agents.yaml`.
 *
 * @param start - the directory of the workflow, absolute
 */
export function findInventory(start: string, { directory, env }: InventorySearch): FoundInventory {
  const { found } = searchUpwards(start, { names: [INVENTORY_NAME] });
  if (found && !found.isForeign) return { file: relative(directory, found.path), notices: [] };
  const notices = found
    ? [`${printableName(relative(directory, found.path))} belongs to another user, so it is not used`]
    : [];
  const own = join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "sloth", INVENTORY_NAME);
  return { ...(isFile(own) && { file: own }), notices };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
