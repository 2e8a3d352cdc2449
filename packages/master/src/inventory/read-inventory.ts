import { parseAddress } from "@sloth/dsl";
import { z } from "zod";
import { readYaml } from "../load/read-yaml.js";
import { MasterError } from "../master-error.js";
import { type Inventory, makeInventory } from "./inventory.js";

const inventorySchema = z.record(z.string().min(1), z.strictObject({ address: z.string() }));

/**
 * Reads an inventory: a YAML map from a name or an address (`host:port`) to `{ address: "host:port" }`.
 * @throws {MasterError} INVENTORY, with the file and, where it is known, the line.
 */
export async function readInventory(file: string): Promise<Inventory> {
  const document = await readYaml({ file, what: "The inventory", code: "INVENTORY" });
  const checked = inventorySchema.safeParse(document ?? {});
  if (!checked.success) {
    const { issues } = checked.error;
    // A mistyped key is the cause of the one that is missing.
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
    const where = issue?.path.map((part) => `"${String(part)}"`).join(" → ") || "the file";
    throw new MasterError("INVENTORY", `${file}: ${where}: ${issue?.message}. ${EXPECTED}`);
  }
  const agents = new Map<string, { host: string; port: number }>();
  for (const [name, { address }] of Object.entries(checked.data)) {
    const parsed = parseAddress(address);
    if ("problem" in parsed) throw new MasterError("INVENTORY", `${file}: "${name}": ${parsed.problem}`);
    const { host, port } = parsed.value;
    agents.set(name, { host, port });
  }
  return makeInventory(agents, file);
}

const EXPECTED = 'An entry looks like this: "build1": { address: "localhost:50051" }';
