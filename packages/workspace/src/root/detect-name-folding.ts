import { randomUUID } from "node:crypto";
import { lstatSync, mkdirSync, rmdirSync } from "node:fs";
import type { NameFolding } from "../apply/name-folding.js";

const known = new Map<string, NameFolding>();

/**
 * Finds out, once for each root and process, by making a directory and looking for it under other names.
 * @param scratch a directory of ours on the file system of the root
 */
export function detectNameFolding(root: string, scratch: string): NameFolding {
  const before = known.get(root);
  if (before !== undefined) return before;
  const folding = probe(scratch);
  known.set(root, folding);
  return folding;
}

function probe(directory: string): NameFolding {
  const name = `${directory}/probe-${randomUUID()}-é`.normalize("NFC");
  mkdirSync(name);
  try {
    const isThere = (other: string) => lstatSync(other, { throwIfNoEntry: false }) !== undefined;
    const upper = `${directory}/${name.slice(directory.length + 1).toUpperCase()}`;
    return { foldsCase: isThere(upper), foldsNormalization: isThere(name.normalize("NFD")) };
  } finally {
    rmdirSync(name);
  }
}
