import type { Delegation, Group, Task } from "@sloth/dsl";
import { MasterError } from "../master-error.js";

type Planned<T> = Record<string, (of: T) => unknown>;

/** Of groups and tasks alike. */
const DELEGATION_FIELDS: Planned<{ delegateTo?: Delegation | false }> = {
  "delegate_to.labels": ({ delegateTo }) => delegateTo && delegateTo.kind === "labels",
  "delegate_to.any": ({ delegateTo }) => delegateTo && delegateTo.kind === "any",
  "delegate_to.max": ({ delegateTo }) => (delegateTo || undefined)?.max,
};

/** Fields that are read and checked, and that this version cannot run: better no run than another one. */
const TASK_FIELDS: Planned<Task> = {
  ...DELEGATION_FIELDS,
  // What it does now is what `fail` means.
  on_agent_lost: ({ onAgentLost }) => onAgentLost !== undefined && onAgentLost !== "fail",
};
const GROUP_FIELDS: Planned<Group> = {
  ...DELEGATION_FIELDS,
};

/** @throws {MasterError} NOT_SUPPORTED, naming every such field */
export function refusePlanned(groups: readonly Group[]): void {
  const found = groups.flatMap((group) => [
    ...fieldsIn(group, GROUP_FIELDS).map(
      (field) => `${place(group)}: group "${group.name}", field "${field}"`,
    ),
    ...group.tasks.flatMap((task) =>
      fieldsIn(task, TASK_FIELDS).map((field) => `${place(task)}: task "${task.name}", field "${field}"`),
    ),
  ]);
  if (found.length === 0) return;
  const message = found.map((where) => `${where} is valid, but this version cannot run it yet`).join("\n");
  throw new MasterError("NOT_SUPPORTED", message);
}

function fieldsIn<T>(of: T, fields: Planned<T>): string[] {
  return Object.entries(fields).flatMap(([field, has]) => (has(of) ? [field] : []));
}

function place({ at }: Group | Task): string {
  return `${at.file}:${at.line}`;
}
