import type { Command, SourcePosition, Task } from "../model.js";
import type { Diagnostics, Place } from "./diagnostics.js";
import { FieldReader } from "./field-reader.js";
import { TASK_FIELDS } from "./known-fields.js";
import { describeType, isRawTable, RawFunction, type RawTable, type RawValue } from "./raw-model.js";
import { SourceMap, type Spot } from "./source-map.js";

/** A task, and its function where the command is one. */
export interface TaskDefinition {
  task: Task;
  function?: RawFunction;
}

/** Where a task was found: at a position of a list, or under a key of a map. */
export interface TaskPlace {
  group: string;
  index?: number;
  key?: string;
  spot: Spot;
}

/** Checks one task. Mistakes go into the report; without a usable name there is no task. */
export function readTask(raw: RawValue, place: TaskPlace, report: Diagnostics): TaskDefinition | undefined {
  const { line } = place.spot;
  const label = place.key ?? `#${place.index}`;
  if (!isRawTable(raw)) {
    report.add({ line, group: place.group, task: label }, `a task must be a table, got ${describeType(raw)}`);
    return undefined;
  }
  const map = new SourceMap(place.spot.layout);
  const name = raw.name ?? place.key ?? null;
  const fields = new FieldReader(raw, TASK_FIELDS, report, (field) => fieldPlace(raw, name, field));
  function fieldPlace(table: RawTable, named: RawValue, field: string | undefined): Place {
    const at = field === undefined ? line : map.find(field, table[field] ?? null, line).line;
    const known = typeof named === "string" ? named : label;
    return { line: at, group: place.group, task: known, ...(field === undefined ? {} : { field }) };
  }
  fields.refuseOthers();
  const task = readFields(fields, typeof name === "string" ? name : "");
  task.at = { file: report.file, line };
  const body = readCommand(fields, task.at);
  if (body) task.command = body.command;
  else if (raw.command === undefined) fields.reject("command", "is missing: a task needs a command");
  if (!checkName(name, fields)) return undefined;
  return { task, ...(body?.function && { function: body.function }) };
}

function checkName(name: RawValue, fields: FieldReader): boolean {
  if (name === null) fields.reject("name", "is missing: a task in a list needs a name");
  else if (typeof name !== "string") fields.reject("name", `must be a string, got ${describeType(name)}`);
  else if (!isName(name)) fields.reject("name", "must not be empty or contain control characters");
  else return true;
  return false;
}

/** Names end up in file names, logs and command lines. */
export function isName(name: string): boolean {
  return /^[^\p{Cc}]*$/u.test(name) && name.trim() !== "";
}

function readFields(fields: FieldReader, name: string): Task {
  const task: Task = {
    name,
    command: { kind: "shell", script: "" },
    dependsOn: fields.names("depends_on"),
    params: fields.data("params"),
    retries: fields.count("retries") ?? 0,
    at: { file: "", line: 1 },
  };
  const description = fields.text("description");
  if (description !== undefined) task.description = description;
  const timeoutMs = fields.durationMs("timeout");
  if (timeoutMs !== undefined) task.timeoutMs = timeoutMs;
  const workdir = fields.path("workdir");
  if (workdir !== undefined) task.workdir = workdir;
  const delegateTo = fields.delegation("delegate_to");
  if (delegateTo !== undefined) task.delegateTo = delegateTo;
  return task;
}

function readCommand(
  fields: FieldReader,
  taskAt: SourcePosition,
): { command: Command; function?: RawFunction } | undefined {
  const raw = fields.raw("command");
  if (raw === null) return undefined;
  if (raw instanceof RawFunction) {
    const at = raw.at ?? taskAt;
    return { command: { kind: "lua", at }, function: raw };
  }
  if (typeof raw === "string" && raw.includes("\0")) return fields.reject("command", "contains a NUL byte");
  if (typeof raw === "string" && raw.trim() !== "") return { command: { kind: "shell", script: raw } };
  const blank = typeof raw === "string" && raw.trim() === "";
  const what = blank ? "an empty string" : describeType(raw);
  fields.reject("command", `must be a shell command or a function, got ${what}`);
  return undefined;
}
