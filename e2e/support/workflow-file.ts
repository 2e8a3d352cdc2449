import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a workflow into `directory` and gives its path. */
export function writeWorkflow(directory: string, text: string): string {
  const file = join(directory, "pipeline.lua");
  writeFileSync(file, text);
  return file;
}

/** An inventory in `directory` in which each key stands for an address. */
export function writeInventory(directory: string, aliases: Record<string, string>): string {
  const file = join(directory, "agents.yaml");
  const lines = Object.entries(aliases).map(([name, address]) => `"${name}": { address: "${address}" }\n`);
  writeFileSync(file, lines.join(""));
  return file;
}
