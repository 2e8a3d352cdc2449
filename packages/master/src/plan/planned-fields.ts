import type { Group, Task } from "@sloth/dsl";
import { MasterError } from "../master-error.js";

type Planned<T> = Record<string, (of: T) => unknown>;

/** Fields that are read and checked, and that this version cannot run: better no run than another one. */
const TASK_FIELDS: Planned<Task> = {
  // What it does now is what `fail` means.
  on_agent_lost: ({ onAgentLost }) => onAgentLost !== undefined && onAgentLost !== "fail",
};

/** @throws {MasterError} NOT_SUPPORTED, naming every such field */
export function refusePlanned(groups: readonly Group[]): void {
  const found = groups.flatMap((group) =>
    group.tasks.flatMap((task) =>
      fieldsIn(task, TASK_FIELDS).map((field) => `${place(task)}: task "${task.name}", field "${field}"`),
    ),
  );
  if (found.length === 0) return;
  const message = found.map((where) => `${where} is valid, but this version cannot run it yet`).join("\n");
  throw new MasterError("NOT_SUPPORTED", message);
}

function fieldsIn<T>(of: T, fields: Planned<T>): string[] {
  return Object.entries(fields).flatMap(([field, has]) => (has(of) ? [field] : []));
}

function place({ at }: Task): string {
  return `${at.file}:${at.line}`;
}
