import type { FunctionField, Group, GroupFunction } from "../model.js";
import { repeatedNames } from "../source/table-layout.js";
import { checkDependencies } from "./check-dependencies.js";
import type { Diagnostics } from "./diagnostics.js";
import { FieldReader } from "./field-reader.js";
import { GROUP_FIELDS } from "./known-fields.js";
import { describeType, isRawTable, type RawFunction, type RawValue } from "./raw-model.js";
import { isName, readTask, type TaskDefinition, withoutAbsent } from "./read-task.js";
import { readWorkspaceSettings } from "./read-workspace-settings.js";
import { SourceMap, type Spot } from "./source-map.js";

/** A group with its own functions, and those of its tasks by task name. */
export interface GroupDefinition {
  group: Group;
  functions: Map<GroupFunction, RawFunction>;
  tasks: Map<string, ReadonlyMap<FunctionField, RawFunction>>;
}

/** Checks one entry of the table of groups. Mistakes go into the report. */
export function readGroup(name: string, raw: RawValue, spot: Spot, report: Diagnostics): GroupDefinition {
  const group: Group = { name, tasks: [], at: { file: spot.file, line: spot.line } };
  const definition: GroupDefinition = { group, functions: new Map(), tasks: new Map() };
  const here = { ...spot, group: name };
  if (!isName(name)) report.add(here, "the name of a group must not be empty or contain control characters");
  if (!isRawTable(raw)) {
    report.add(here, `a group must be a table with a field "tasks", got ${describeType(raw)}`);
    return definition;
  }
  const map = new SourceMap(spot);
  const fields = new FieldReader(raw, GROUP_FIELDS, report, (field) => ({
    ...map.find(field, raw[field] ?? null),
    group: name,
    field,
  }));
  readGroupFields(fields, definition);
  const tasks = fields.raw("tasks");
  if (raw.tasks === undefined) report.add(here, 'has no field "tasks"');
  const read = readTasks(tasks, map.find("tasks", tasks), fields, { name, report });
  for (const { task, functions } of read) {
    group.tasks.push(task);
    definition.tasks.set(task.name, functions);
  }
  checkDependencies(read, report);
  return definition;
}

const FUNCTIONS: readonly GroupFunction[] = ["clean_workdir_after_run", "on_start", "on_complete"];

function readGroupFields(fields: FieldReader, { group, functions }: GroupDefinition): void {
  fields.refuseOthers();
  const optional = {
    description: fields.text("description"),
    version: fields.text("version"),
    workdir: fields.path("workdir"),
    delegateTo: fields.delegation("delegate_to") || undefined,
    workspace: readWorkspaceSettings(fields),
    env: fields.environment("env"),
    maxParallel: fields.count("max_parallel", 1),
    createWorkdir: fields.flag("create_workdir_before_run"),
    timeoutMs: fields.durationMs("timeout"),
  };
  Object.assign(group, withoutAbsent(optional));
  for (const field of FUNCTIONS) {
    const found = fields.function(field);
    if (found === undefined) continue;
    functions.set(field, found);
    group.functions = { ...group.functions, [field]: found.at ?? group.at };
  }
}

function readTasks(
  raw: RawValue,
  spot: Spot,
  fields: FieldReader,
  group: { name: string; report: Diagnostics },
): TaskDefinition[] {
  if (raw === null) return [];
  const map = new SourceMap(spot);
  if (Array.isArray(raw)) {
    return raw.flatMap((item, index) => {
      const place = { index: index + 1, group: group.name, spot: map.find(index + 1, item) };
      return readTask(item, place, group.report) ?? [];
    });
  }
  if (!isRawTable(raw)) {
    fields.reject("tasks", `must be a list or a map of tasks, got ${describeType(raw)}`);
    return [];
  }
  refuseRepeated(spot, group);
  return map.inSourceOrder(raw).flatMap((key) => {
    const item = raw[key] ?? null;
    const place = { key, group: group.name, spot: map.find(key, item) };
    return readTask(item, place, group.report) ?? [];
  });
}

function refuseRepeated(
  { file, layout }: Spot,
  { name, report }: { name: string; report: Diagnostics },
): void {
  for (const { entry, first } of repeatedNames(layout)) {
    const { line, offset } = entry;
    const place = { file, line, offset, group: name, task: String(entry.key) };
    report.add(place, `is defined twice, first in line ${first.line}`);
  }
}
