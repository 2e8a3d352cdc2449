import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseAddress } from "@sloth/dsl";
import { type Document, isMap, isScalar, type Node } from "yaml";
import { readYamlDocument } from "../load/read-yaml.js";
import { MasterError } from "../master-error.js";
import { describeIssue } from "./describe-issue.js";
import type { CredentialReference, Inventory, InventoryEntry } from "./inventory.js";
import { type InventoryDocument, inventorySchema } from "./inventory-schema.js";
import { makeInventory } from "./make-inventory.js";

/** What an address without a port means. */
const DEFAULT_PORT = 50051;

/**
 * Reads an inventory: a YAML map from a name, or an address, to an agent.
 * @throws {MasterError} INVENTORY, with the file and the line.
 */
export async function readInventory(file: string): Promise<Inventory> {
  const { document, lineOf } = await readYamlDocument({ file, what: "The inventory", code: "INVENTORY" });
  const fail = (path: Path, problem: string): never => {
    throw new MasterError("INVENTORY", `${file}:${lineAt(document, path, lineOf)}: ${problem}`);
  };
  const checked = inventorySchema.safeParse(document.toJS() ?? {});
  if (!checked.success) {
    const { path, problem } = describeIssue(checked.error.issues, document.toJS());
    return fail(path, problem);
  }
  return makeInventory(readEntries(checked.data, { directory: dirname(resolve(file)), fail }), file);
}

type Path = readonly PropertyKey[];

interface ReadContext {
  /** Of the file. */
  directory: string;
  fail(path: Path, problem: string): never;
}

function readEntries(data: InventoryDocument, { directory, fail }: ReadContext): InventoryEntry[] {
  const names = new Map<string, string>();
  const claim = (name: string, owner: string, path: Path) => {
    const other = names.get(name);
    if (other !== undefined) fail(path, `"${name}" is a name of "${other}" already.`);
    names.set(name, owner);
  };
  for (const name of Object.keys(data)) claim(name, name, [name]);
  return Object.entries(data).map(([label, { address, labels = {}, credential, aliases = [] }]) => {
    for (const [index, alias] of aliases.entries()) claim(alias, label, [label, "aliases", index]);
    const parsed = parseAddress(address, DEFAULT_PORT);
    if ("problem" in parsed) return fail([label, "address"], `"${label}": address ${parsed.problem}.`);
    const { host, port } = parsed.value;
    const reference = credential && locate(credential, directory);
    return {
      target: { label, host, port, ...(reference && { credential: reference }) },
      labels,
      aliases,
    };
  });
}

function locate(credential: CredentialReference, directory: string): CredentialReference {
  if ("env" in credential) return credential;
  const { file } = credential;
  return { file: file.startsWith("~/") ? join(homedir(), file.slice(2)) : resolve(directory, file) };
}

/** Of the key of a member where there is one, since a value may begin further down; else of the nearest part around. */
function lineAt(document: Document, path: Path, lineOf: (node: Node) => number): number {
  for (let length = path.length; length > 0; length--) {
    const around = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(around) && around.items.find(({ key }) => isScalar(key) && String(key.value) === last);
    if (pair) return lineOf(pair.key as Node);
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return lineOf(node);
  }
  return document.contents ? lineOf(document.contents) : 1;
}
