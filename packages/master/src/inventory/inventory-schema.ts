import { z } from "zod";

/*
 * What `agents.yaml` may say. `docs/schema/agents-yaml.v1.json` is made of this; `UPDATE_SCHEMA=1` on the tests beside
 * this file writes it again. It takes no unknown member: a field that is misspelt would be one that has no effect.
 */

const label = z
  .union([
    z.string().regex(/^[^\s\p{Cc},=|]+$/u, 'must not be empty or hold blanks, ",", "=" or "|"'),
    z.number(),
    z.boolean(),
  ])
  .describe("Text without blanks, commas, = and |; a number; true or false.");

const credential = z
  .union([
    z.strictObject({ file: z.string().min(1).describe("Relative to this file, or from ~/.") }),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/, "must be the name of a variable") }),
  ])
  .describe(
    "Where the join line of the agent is to be found: in a file, or in a variable of the environment.",
  );

const entry = z.strictObject({
  address: z
    .string()
    .describe("host:port, or a host alone for port 50051. A name of several hosts is a pool of them."),
  labels: z
    .record(z.string().regex(/^[\w./-]+$/, 'may hold letters, digits, ".", "_", "-" and "/"'), label)
    .optional()
    .describe("What tasks can ask for. An agent tells os, arch, cpus, memory and hostname itself."),
  credential: credential.optional(),
  aliases: z
    .array(z.string().min(1))
    .optional()
    .describe("Other names of it, and addresses (host:port) that stand for it."),
});

export const inventorySchema = z
  .record(z.string().min(1), entry)
  .meta({ title: "agents.yaml, version 1: the agents that sloth knows, by name" });

/** Names of the members of one agent, for suggestions. */
export const ENTRY_FIELDS: readonly string[] = Object.keys(entry.shape);

export type InventoryDocument = z.infer<typeof inventorySchema>;
