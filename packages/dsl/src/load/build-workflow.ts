import { DslError } from "../dsl-error.js";
import type { Workflow } from "../model.js";
import { Diagnostics } from "./diagnostics.js";
import { fluentBuilder } from "./fluent-builder.js";
import { hashModel } from "./model-hash.js";
import { describeType, isRawTable, type RawTable, type RawValue, Unreadable } from "./raw-model.js";
import { type GroupDefinition, readGroup } from "./read-group.js";
import type { Spot } from "./source-map.js";
import type { Position, Sources } from "./sources.js";
import { WrittenGroups } from "./written-groups.js";

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
 * @param accepted - the workflow file as Lua accepted it
 * @throws {DslError} INVALID_WORKFLOW with every mistake that was found.
 */
export function buildWorkflow(
  { definitions, fluent }: Definitions,
  sources: Sources,
  accepted: Uint8Array,
): BuiltWorkflow {
  const report = new Diagnostics(sources);
  const file = sources.main;
  const built: BuiltWorkflow = { workflow: workflowIn(file), functions: new Map() };
  const written = new WrittenGroups(sources, accepted);
  const groups =
    fluent.length > 0 && definitions.length === 0 ? {} : pickGroups(definitions, written.at, report);
  written.refuseRepeated(groups, report);
  const map = written.map(groups);
  const tables = map.inSourceOrder(groups).map((name): Entry => {
    const raw = groups[name] ?? null;
    return { name, raw, spot: map.find(name, raw) };
  });
  const made = fluent.flatMap((raw) => fluentEntry(raw, sources));
  for (const { name, raw, spot } of inOrderOfLines(tables, made, file)) {
    if (built.functions.has(name)) report.add({ ...spot, group: name }, "is defined twice");
    const { group, ...functions } = readGroup(name, raw, spot, report);
    built.workflow.groups.push(group);
    built.functions.set(name, functions);
  }
  if (report.found.length > 0) throw new DslError("INVALID_WORKFLOW", report.sorted());
  return built;
}

/** Without groups as yet. Its hash is computed for the first who asks, since many never do. */
function workflowIn(file: string): Workflow {
  let hash: string | undefined;
  return {
    file,
    groups: [],
    get modelHash() {
      hash ??= hashModel(this.groups);
      return hash;
    },
  };
}

interface Entry {
  name: string;
  raw: RawValue;
  spot: Spot;
}

function fluentEntry(raw: RawValue, sources: Sources): Entry[] {
  const builder = fluentBuilder(raw);
  if (!builder || !isRawTable(raw)) return [];
  const { name, ...fields } = raw;
  const spot = sources.builderPosition(builder);
  return [{ name: typeof name === "string" ? name : "", raw: fields, spot }];
}

/** Both are in order already. What another file has defined stays behind what comes before it. */
function inOrderOfLines(tables: readonly Entry[], made: readonly Entry[], main: string): Entry[] {
  if (made.length === 0) return [...tables];
  return [tables, made]
    .flatMap((entries) => {
      let line = 0;
      return entries.map((entry) => {
        if (entry.spot.file === main) line = entry.spot.line;
        return { entry, line };
      });
    })
    .sort((a, b) => a.line - b.line)
    .map(({ entry }) => entry);
}

const EXAMPLE = 'TaskDefinitions = { build = { tasks = { { name = "hello", command = "echo hello" } } } }';

function pickGroups(definitions: Definitions["definitions"], at: Position, report: Diagnostics): RawTable {
  const [first, second] = definitions;
  const complain = (message: string): RawTable => {
    report.add(at, message);
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
