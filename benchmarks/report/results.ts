import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.js";
import type { Plot } from "./plot.js";
import { renderTable, type Table } from "./table.js";
import type { Target } from "./target.js";

/** What one part of the benchmark found, with every single measurement. */
export interface PartResult {
  /** Identifies it among the results: a later measurement of the same replaces it. */
  key: string;
  title: string;
  tables: Table[];
  /** Remarks: what was missing, what failed. */
  notes: string[];
  samples: unknown[];
  /** What it is held against. */
  targets?: Target[];
  plots?: Plot[];
}

export interface StampedResult extends PartResult {
  measuredAt: string;
  machine: Machine;
}

export function stamp(result: PartResult, machine: Machine): StampedResult {
  return { ...result, measuredAt: new Date().toISOString().slice(0, 16), machine };
}

/**
 * Adds to what is in `directory/results.json` already, and writes `directory/results.md` anew from all of it. Gives all.
 * @param command - that writes them
 */
export function writeResults(
  directory: string,
  results: readonly StampedResult[],
  command: string,
): StampedResult[] {
  const file = join(directory, "results.json");
  const before: StampedResult[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const kept = before.filter(({ key }) => !results.some((result) => result.key === key));
  const all = [...kept, ...results].sort((a, b) => a.key.localeCompare(b.key));
  writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`);
  const text = all.map(renderResult).join("\n");
  writeFileSync(
    join(directory, "results.md"),
    `# Results\n\nWritten by \`${command}\`; [the method](../README.md).\n\n${text}`,
  );
  return all;
}

export function renderResult(result: StampedResult): string {
  const { title, tables, notes } = result;
  const remarks = notes.map((note) => `- ${note}\n`).join("");
  return [`## ${title}`, "", describeStamp(result), "", ...tables.map(renderTable), remarks].join("\n");
}

/** When, of what and on what it was measured. */
export function describeStamp({ measuredAt, machine }: StampedResult): string {
  const { tools } = machine;
  return [
    `${measuredAt}, ${machine.revision}; ${machine.cpus}, ${machine.memoryGib} GiB, ${machine.kernel},`,
    `${machine.fileSystem}, Node ${machine.node}; ${tools.rsync}; ${tools.ssh}; ${tools.tar};`,
    `load before ${machine.loadBefore.toFixed(2)}`,
  ].join("\n");
}
