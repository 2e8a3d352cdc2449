import { DslError } from "../dsl-error.js";
import type { Workflow } from "../model.js";
import { findTableLayout } from "../source/table-layout.js";
import { Diagnostics } from "./diagnostics.js";
import { fluentLine } from "./fluent-line.js";
import { hashModel } from "./model-hash.js";
import { describeType, isRawTable, type RawTable, type RawValue, Unreadable } from "./raw-model.js";
import { GROUP_TABLE_NAMES } from "./read-definitions.js";
import { type GroupDefinition, readGroup } from "./read-group.js";
import { SourceMap, type Spot } from "./source-map.js";

/** A valid workflow, and the registry references of its functions by group. */
export interface BuiltWorkflow {
  workflow: Workflow;
  functions: Map<string, Omit<GroupDefinition, "group">>;
}

/** What a workflow has defined, in both forms. */
export interface Definitions {
  definitions: readonly { name: string; groups: RawValue }[];
  fluent: readonly RawValue[];
}

/**
 * Checks what a workflow has defined.
 *
 * @throws {DslError} INVALID_WORKFLOW with every mistake that was found.
 */
export function buildWorkflow(
  { definitions, fluent }: Definitions,
  file: string,
  source: Uint8Array,
): BuiltWorkflow {
  const report = new Diagnostics(file);
  const layout = findTableLayout(source, GROUP_TABLE_NAMES);
  const built: BuiltWorkflow = { workflow: { file, groups: [], modelHash: "" }, functions: new Map() };
  const groups =
    fluent.length > 0 && definitions.length === 0 ? {} : pickGroups(definitions, layout.line, report);
  const map = new SourceMap(layout);
  for (const { key, line, firstLine } of map.repeated) {
    if (groups[key] !== undefined)
      report.add({ line, group: key }, `is defined twice, first in line ${firstLine}`);
  }
  const written = map.inSourceOrder(groups).map((name): Entry => {
    const raw = groups[name] ?? null;
    return { name, raw, spot: map.find(name, raw, layout.line) };
  });
  for (const { name, raw, spot } of inOrderOfLines(written, fluent.flatMap(fluentEntry))) {
    if (built.functions.has(name)) report.add({ line: spot.line, group: name }, "is defined twice");
    const { group, ...functions } = readGroup(name, raw, spot, report);
    built.workflow.groups.push(group);
    built.functions.set(name, functions);
  }
  if (report.found.length > 0) throw new DslError("INVALID_WORKFLOW", report.sorted());
  built.workflow.modelHash = hashModel(built.workflow.groups);
  return built;
}

interface Entry {
  name: string;
  raw: RawValue;
  spot: Spot;
}

function fluentEntry(raw: RawValue): Entry[] {
  if (!isRawTable(raw)) return [];
  const { name, ...fields } = raw;
  const spot = { line: fluentLine(raw) ?? 1, layout: undefined };
  return [{ name: typeof name === "string" ? name : "", raw: fields, spot }];
}

/** Both are in order already. */
function inOrderOfLines(written: readonly Entry[], fluent: readonly Entry[]): Entry[] {
  if (fluent.length === 0) return [...written];
  return [...written, ...fluent].sort((a, b) => a.spot.line - b.spot.line);
}

const EXAMPLE = 'TaskDefinitions = { build = { tasks = { { name = "hello", command = "echo hello" } } } }';

function pickGroups(definitions: Definitions["definitions"], line: number, report: Diagnostics): RawTable {
  const [first, second] = definitions;
  const complain = (message: string): RawTable => {
    report.add({ line }, message);
    return {};
  };
  if (!first) return complain(`the workflow defines no groups; set the global table, as in ${EXAMPLE}`);
  if (second) return complain(`both ${first.name} and ${second.name} are set; put all groups into one table`);
  const { name, groups } = first;
  if (groups instanceof Unreadable) return complain(`${groups.path} ${groups.problem}`);
  if (!isRawTable(groups))
    return complain(`${name} must be a map of group name to group, got ${describeType(groups)}`);
  if (Object.keys(groups).length === 0) return complain(`${name} is empty; a group looks like ${EXAMPLE}`);
  return groups;
}
