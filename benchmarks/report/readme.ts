import { readFileSync, writeFileSync } from "node:fs";
import { describeStamp, type StampedResult } from "./results.js";
import { renderTable } from "./table.js";
import { targetsTable } from "./target.js";

const [BEGIN, END] = ["<!-- begin of results -->", "<!-- end of results -->"];

/** Puts what was held against a target between two marks of a page. @throws when it has no marks */
export function writeTargets(file: string, results: readonly StampedResult[]): void {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for results: ${BEGIN} … ${END}`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${describe(results)}\n${text.slice(end)}`);
}

function describe(results: readonly StampedResult[]): string {
  const last = [...results].sort((a, b) => a.measuredAt.localeCompare(b.measuredAt)).at(-1);
  const table = renderTable(targetsTable(results.flatMap(({ targets = [] }) => targets)));
  return last ? `${describeStamp(last)}\n\n${table.replace(/^### .*\n\n/, "")}` : "";
}
