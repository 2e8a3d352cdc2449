import { DslError } from "../dsl-error.js";
import type { Workflow } from "../model.js";
import { findTableLayout } from "../source/table-layout.js";
import { Diagnostics } from "./diagnostics.js";
import { hashModel } from "./model-hash.js";
import {
  describeType,
  isRawTable,
  type RawFunction,
  type RawTable,
  type RawValue,
  Unreadable,
} from "./raw-model.js";
import { GROUP_TABLE_NAMES } from "./read-definitions.js";
import { readGroup } from "./read-group.js";
import { SourceMap } from "./source-map.js";

/** A valid workflow, and the registry references of its functions by group and task. */
export interface BuiltWorkflow {
  workflow: Workflow;
  commands: Map<string, Map<string, RawFunction>>;
}

/**
 * Checks what a workflow has defined.
 *
 * @throws {DslError} INVALID_WORKFLOW with every mistake that was found.
 */
export function buildWorkflow(
  definitions: readonly { name: string; groups: RawValue }[],
  file: string,
  source: Uint8Array,
): BuiltWorkflow {
  const report = new Diagnostics(file);
  const layout = findTableLayout(source, GROUP_TABLE_NAMES);
  const built: BuiltWorkflow = { workflow: { file, groups: [], modelHash: "" }, commands: new Map() };
  const groups = pickGroups(definitions, layout.line, report);
  const map = new SourceMap(layout);
  for (const { key, line, firstLine } of map.repeated) {
    if (groups[key] !== undefined)
      report.add({ line, group: key }, `is defined twice, first in line ${firstLine}`);
  }
  for (const name of map.inSourceOrder(groups)) {
    const raw = groups[name] ?? null;
    const { group, commands } = readGroup(name, raw, map.find(name, raw, layout.line), report);
    built.workflow.groups.push(group);
    built.commands.set(name, commands);
  }
  if (report.found.length > 0) throw new DslError("INVALID_WORKFLOW", report.sorted());
  built.workflow.modelHash = hashModel(built.workflow.groups);
  return built;
}

const EXAMPLE = 'TaskDefinitions = { build = { tasks = { { name = "hello", command = "echo hello" } } } }';

function pickGroups(
  definitions: readonly { name: string; groups: RawValue }[],
  line: number,
  report: Diagnostics,
): RawTable {
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
