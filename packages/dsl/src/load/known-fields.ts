import { didYouMean } from "../did-you-mean.js";

/** The fields of a kind of table: those that this version reads, and those that the language has besides. */
export interface FieldSet {
  supported: readonly string[];
  planned: readonly string[];
}

export const GROUP_FIELDS: FieldSet = {
  supported: ["description", "tasks", "delegate_to", "workdir"],
  planned: [
    "create_workdir_before_run",
    "clean_workdir_after_run",
    "env",
    "max_parallel",
    "on_conflict",
    "ignore",
    "sync_git",
    "external_symlinks",
    "protect",
    "allow_delete_all",
  ],
};

export const TASK_FIELDS: FieldSet = {
  supported: [
    "name",
    "description",
    "command",
    "depends_on",
    "params",
    "timeout",
    "retries",
    "workdir",
    "delegate_to",
  ],
  planned: [
    "next_if_fail",
    "async",
    "retry_delay",
    "retry_backoff",
    "run_if",
    "abort_if",
    "pre_exec",
    "post_exec",
    "on_success",
    "on_failure",
    "uses",
    "artifacts",
    "consumes",
    "env",
    "on_agent_lost",
  ],
};

export const DELEGATION_FIELDS: FieldSet = {
  supported: ["address", "name"],
  planned: ["labels", "any", "max"],
};

/** Why a field cannot stand there, or `undefined` when it can. */
export function refuseField(field: string, fields: FieldSet): string | undefined {
  if (fields.supported.includes(field)) return undefined;
  if (fields.planned.includes(field))
    return `"${field}" is part of the language but not yet supported by this version`;
  return `unknown field "${field}"${didYouMean(field, [...fields.supported, ...fields.planned])}`;
}
