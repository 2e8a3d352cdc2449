import { type Command, type FunctionField, type SourcePosition, TASK_HOOKS, type Task } from "../model.js";
import type { Diagnostics, Place } from "./diagnostics.js";
import { expandUses } from "./expand-uses.js";
import { FieldReader } from "./field-reader.js";
import { fluentBuilder } from "./fluent-builder.js";
import { TASK_FIELDS } from "./known-fields.js";
import { describeType, isRawTable, RawFunction, type RawValue } from "./raw-model.js";
import { SourceMap, type Spot } from "./source-map.js";

/** A task, its functions, and where its mistakes are. */
export interface TaskDefinition {
  task: Task;
  functions: Map<FunctionField, RawFunction>;
  /** Of the task, of a field, or of a text that is written out in a field. */
  place(field?: string, text?: string): Place;
}

/** Where a task was found: at a position of a list, or under a key of a map. */
export interface TaskPlace {
  group: string;
  index?: number;
  key?: string;
  spot: Spot;
}

/** Checks one task. Mistakes go into the report; without a usable name there is no task. */
export function readTask(given: RawValue, where: TaskPlace, report: Diagnostics): TaskDefinition | undefined {
  const builder = fluentBuilder(given);
  const spot = builder ? report.sources.builderPosition(builder) : where.spot;
  const label = where.key ?? `#${where.index}`;
  if (!isRawTable(given)) {
    const problem = `a task must be a table, got ${describeType(given)}`;
    report.add({ ...spot, group: where.group, task: label }, problem);
    return undefined;
  }
  const expanded = expandUses(given);
  const raw = "problem" in expanded ? given : expanded.task;
  const name = raw.name ?? where.key ?? null;
  const names = { group: where.group, task: typeof name === "string" ? name : label };
  const map = new SourceMap(spot);
  const place = (field?: string, text?: string): Place => {
    if (field === undefined) return { ...spot, ...names };
    const at = map.find(field, raw[field] ?? null, "uses");
    const found = text === undefined ? undefined : report.sources.findText(spot.file, map.entry(field), text);
    return { ...at, offset: found ?? at.offset, ...names, field };
  };
  const fields = new FieldReader(raw, TASK_FIELDS, report, place);
  fields.refuseOthers();
  if ("problem" in expanded) fields.reject("uses", expanded.problem);
  const task = readFields(fields, typeof name === "string" ? name : "");
  task.at = { file: spot.file, line: spot.line };
  if (builder) task.form = "fluent";
  const functions = readCommands(fields, task);
  if (raw.command === undefined) fields.reject("command", "is missing: a task needs a command");
  return checkName(name, fields) ? { task, functions, place } : undefined;
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
  fields.flag("async");
  const optional = {
    description: fields.text("description"),
    timeoutMs: fields.durationMs("timeout"),
    retryDelayMs: fields.durationMs("retry_delay"),
    retryBackoff: fields.choice("retry_backoff", RETRY_BACKOFFS),
    workdir: fields.path("workdir"),
    delegateTo: fields.delegation("delegate_to"),
    onAgentLost: fields.choice("on_agent_lost", AGENT_LOST_CHOICES),
    env: fields.environment("env"),
    nextIfFail: someOf(fields.names("next_if_fail")),
    artifacts: someOf(fields.names("artifacts")),
    consumes: someOf(fields.names("consumes")),
  };
  return {
    name,
    command: { kind: "shell", script: "" },
    dependsOn: fields.names("depends_on"),
    params: fields.data("params"),
    retries: fields.count("retries") ?? 0,
    at: { file: "", line: 1 },
    ...withoutAbsent(optional),
  };
}

const RETRY_BACKOFFS = ["fixed", "linear", "exponential"] as const;
const AGENT_LOST_CHOICES = ["fail", "retry", "wait"] as const;
const CONDITIONS = { run_if: "runIf", abort_if: "abortIf" } as const;

function someOf(names: string[]): string[] | undefined {
  return names.length > 0 ? names : undefined;
}

/** Only what is there, so that equal tasks are equal objects. */
export function withoutAbsent<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Sets what a task runs: its command, conditions and hooks; gives the functions among them. */
function readCommands(fields: FieldReader, task: Task): Map<FunctionField, RawFunction> {
  const functions = new Map<FunctionField, RawFunction>();
  const command = readCommand(fields, "command", task.at, functions);
  if (command) task.command = command;
  for (const [field, key] of Object.entries(CONDITIONS) as [keyof typeof CONDITIONS, "runIf" | "abortIf"][]) {
    const condition = readCommand(fields, field, task.at, functions);
    if (condition) task[key] = condition;
  }
  for (const field of TASK_HOOKS) {
    const hook = fields.function(field);
    if (hook === undefined) continue;
    functions.set(field, hook);
    task.hooks = { ...task.hooks, [field]: hook.at ?? task.at };
  }
  return functions;
}

function readCommand(
  fields: FieldReader,
  field: "command" | keyof typeof CONDITIONS,
  taskAt: SourcePosition,
  functions: Map<FunctionField, RawFunction>,
): Command | undefined {
  const raw = fields.raw(field);
  if (raw === null) return undefined;
  if (raw instanceof RawFunction) {
    functions.set(field, raw);
    return { kind: "lua", at: raw.at ?? taskAt };
  }
  if (typeof raw === "string" && raw.includes("\0")) return fields.reject(field, "contains a NUL byte");
  if (typeof raw === "string" && raw.trim() !== "") return { kind: "shell", script: raw };
  const blank = typeof raw === "string" && raw.trim() === "";
  const what = blank ? "an empty string" : describeType(raw);
  return fields.reject(field, `must be a shell command or a function, got ${what}`);
}
