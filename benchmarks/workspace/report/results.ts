import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.js";
import { renderTable, type Table } from "./table.js";

/** What one part of the benchmark found, with every single measurement. */
export interface PartResult {
  /** Identifies it among the results: a later measurement of the same replaces it. */
  key: string;
  title: string;
  tables: Table[];
  /** Remarks: what was missing, what failed. */
  notes: string[];
  samples: unknown[];
}

export interface StampedResult extends PartResult {
  measuredAt: string;
  machine: Machine;
}

/** Adds to what is in `directory/results.json` already, and writes `directory/results.md` anew from all of it. */
export function writeResults(directory: string, results: readonly StampedResult[]): void {
  const file = join(directory, "results.json");
  const before: StampedResult[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const kept = before.filter(({ key }) => !results.some((result) => result.key === key));
  const all = [...kept, ...results].sort((a, b) => a.key.localeCompare(b.key));
  writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`);
  const text = all.map(renderResult).join("\n");
  writeFileSync(
    join(directory, "results.md"),
    `# Results\n\nWritten by \`npm run benchmark:workspace -- --write\`; [the method](../README.md).\n\n${text}`,
  );
}

export function renderResult({ title, tables, notes, measuredAt, machine }: StampedResult): string {
  const { tools } = machine;
  const stamp = [
    `${measuredAt}, ${machine.revision}; ${machine.cpus}, ${machine.memoryGib} GiB, ${machine.kernel},`,
    `${machine.fileSystem}, Node ${machine.node}; ${tools.rsync}; ${tools.ssh}; ${tools.tar};`,
    `load before ${machine.loadBefore.toFixed(2)}`,
  ].join("\n");
  const remarks = notes.map((note) => `- ${note}\n`).join("");
  return [`## ${title}`, "", stamp, "", ...tables.map(renderTable), remarks].join("\n");
}
