import type { Group } from "../model.js";
import { checkDependencies } from "./check-dependencies.js";
import type { Diagnostics } from "./diagnostics.js";
import { FieldReader } from "./field-reader.js";
import { GROUP_FIELDS } from "./known-fields.js";
import { describeType, isRawTable, type RawFunction, type RawValue } from "./raw-model.js";
import { isName, readTask, type TaskDefinition } from "./read-task.js";
import { readWorkspaceSettings } from "./read-workspace-settings.js";
import { SourceMap, type Spot } from "./source-map.js";

/** A group, and the functions of its tasks by task name. */
export interface GroupDefinition {
  group: Group;
  commands: Map<string, RawFunction>;
}

/** Checks one entry of the table of groups. Mistakes go into the report. */
export function readGroup(name: string, raw: RawValue, spot: Spot, report: Diagnostics): GroupDefinition {
  const group: Group = { name, tasks: [], at: { file: report.file, line: spot.line } };
  const commands = new Map<string, RawFunction>();
  const here = { line: spot.line, group: name };
  if (!isName(name)) report.add(here, "the name of a group must not be empty or contain control characters");
  if (!isRawTable(raw)) {
    report.add(here, `a group must be a table with a field "tasks", got ${describeType(raw)}`);
    return { group, commands };
  }
  const map = new SourceMap(spot.layout);
  const fields = new FieldReader(raw, GROUP_FIELDS, report, (field) => ({
    line: field === undefined ? spot.line : map.find(field, raw[field] ?? null, spot.line).line,
    group: name,
    ...(field === undefined ? {} : { field }),
  }));
  readGroupFields(fields, group);
  const tasks = fields.raw("tasks");
  if (raw.tasks === undefined) report.add(here, 'has no field "tasks"');
  for (const task of readTasks(tasks, map.find("tasks", tasks, spot.line), fields, { name, report })) {
    group.tasks.push(task.task);
    if (task.function) commands.set(task.task.name, task.function);
  }
  checkDependencies(group, report, map.find("tasks", tasks, spot.line).layout);
  return { group, commands };
}

function readGroupFields(fields: FieldReader, group: Group): void {
  fields.refuseOthers();
  const description = fields.text("description");
  if (description !== undefined) group.description = description;
  const workdir = fields.path("workdir");
  if (workdir !== undefined) group.workdir = workdir;
  const delegateTo = fields.delegation("delegate_to");
  if (delegateTo) group.delegateTo = delegateTo;
  const workspace = readWorkspaceSettings(fields);
  if (workspace !== undefined) group.workspace = workspace;
}

function readTasks(
  raw: RawValue,
  spot: Spot,
  fields: FieldReader,
  group: { name: string; report: Diagnostics },
): TaskDefinition[] {
  if (raw === null) return [];
  const map = new SourceMap(spot.layout);
  if (Array.isArray(raw)) {
    return raw.flatMap((item, index) => {
      const place = { index: index + 1, group: group.name, spot: map.find(index + 1, item, spot.line) };
      return readTask(item, place, group.report) ?? [];
    });
  }
  if (!isRawTable(raw)) {
    fields.reject("tasks", `must be a list or a map of tasks, got ${describeType(raw)}`);
    return [];
  }
  for (const { key, line, firstLine } of map.repeated) {
    group.report.add({ line, group: group.name, task: key }, `is defined twice, first in line ${firstLine}`);
  }
  return map.inSourceOrder(raw).flatMap((key) => {
    const item = raw[key] ?? null;
    const place = { key, group: group.name, spot: map.find(key, item, spot.line) };
    return readTask(item, place, group.report) ?? [];
  });
}
