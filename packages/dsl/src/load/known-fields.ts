import { didYouMean } from "../did-you-mean.js";

/** The fields of a kind of table. */
export interface FieldSet {
  supported: readonly string[];
  /** Fields that stand in the group, and hold for all of its tasks. */
  ofGroup?: readonly string[];
}

/** How the working directory is sent and its changes come back. */
const WORKSPACE_FIELDS = [
  "on_conflict",
  "external_symlinks",
  "allow_delete_all",
  "protect",
  "sync_git",
  "keep_ignored",
  "ignore",
  "gitignore",
  "limits",
];

export const GROUP_FIELDS: FieldSet = {
  supported: [
    "description",
    "version",
    "tasks",
    "delegate_to",
    "workdir",
    "create_workdir_before_run",
    "clean_workdir_after_run",
    "env",
    "max_parallel",
    "timeout",
    "on_start",
    "on_complete",
    ...WORKSPACE_FIELDS,
  ],
};

export const TASK_FIELDS: FieldSet = {
  supported: [
    "name",
    "description",
    "command",
    "depends_on",
    "next_if_fail",
    "async",
    "params",
    "env",
    "timeout",
    "retries",
    "retry_delay",
    "retry_backoff",
    "run_if",
    "abort_if",
    "pre_exec",
    "post_exec",
    "on_success",
    "on_failure",
    "workdir",
    "delegate_to",
    "on_agent_lost",
    "artifacts",
    "consumes",
    "uses",
  ],
  ofGroup: WORKSPACE_FIELDS,
};

/** Ways to say where a task runs, of which one is taken. */
export const PLACE_FIELDS: FieldSet = { supported: ["address", "name", "labels"] };

export const DELEGATION_FIELDS: FieldSet = { supported: [...PLACE_FIELDS.supported, "any", "max"] };

export const LIMIT_FIELDS: FieldSet = { supported: ["bytes", "files"] };

/** Why a field cannot stand there, or `undefined` when it can. */
export function refuseField(field: string, fields: FieldSet): string | undefined {
  if (fields.supported.includes(field)) return undefined;
  if (fields.ofGroup?.includes(field)) return `"${field}" is a field of the group, not of a task`;
  return `unknown field "${field}"${didYouMean(field, fields.supported)}`;
}
