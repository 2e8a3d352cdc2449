/** The plain task model that a workflow file is loaded into: data only, no Lua objects. */
import type { WorkspaceSettings } from "./workspace-settings.js";

/**
 * A value that passes between Lua and the rest of the world.
 *
 * - Lua `nil` is `null`; integers beyond 2^53 are `bigint`; every other number is `number`
 *   (an integral `number` other than `-0` becomes a Lua integer, so `1.0` comes back as `1`).
 * - A Lua string is a `string` when it is valid UTF-8 and a `Uint8Array` otherwise.
 * - A table whose keys are 1..n is an array (holes are `null`); one with string keys is an object
 *   without a prototype; an empty table is an empty object, or an empty array where `data.array` has
 *   marked it. An empty array becomes a marked table.
 * - `data.null` is `null`, which comes back as `nil`.
 */
export type LuaValue = null | boolean | number | bigint | string | Uint8Array | LuaValue[] | LuaTable;

/** A table with string keys. Built without a prototype, so that a key `__proto__` is only a key. */
export interface LuaTable {
  [key: string]: LuaValue;
}

export function isLuaTable(value: LuaValue | undefined): value is LuaTable {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** Where something stands in a workflow file. `file` is relative to the bundle's root, `line` counts from 1. */
export interface SourcePosition {
  file: string;
  line: number;
}

/** A loaded and validated workflow. */
export interface Workflow {
  /** The workflow file's name, relative to the bundle's root. */
  file: string;
  /** Groups in the order of the source. */
  groups: Group[];
  /**
   * SHA-256 (hex) over names, fields and the lines of functions. Master and agent compare it, so that
   * a function which is called on the agent is the one that the master saw.
   */
  readonly modelHash: string;
}

/** A group of tasks; groups run one after the other. */
export interface Group {
  name: string;
  description?: string;
  /** The working directory of its tasks, as written: relative to the workflow file. Default: the workflow file's directory. */
  workdir?: string;
  /** Where its tasks run unless a task says otherwise. Absent: here. */
  delegateTo?: Delegation;
  /** How the working directory is sent and changes come back; what is absent is as in `DEFAULT_WORKSPACE_SETTINGS`. */
  workspace?: Partial<WorkspaceSettings>;
  /** Added to the environment of its tasks. */
  env?: Environment;
  /** How many of its tasks may run at once. Absent: as many as there is room for. */
  maxParallel?: number;
  /** Run in a fresh temporary directory instead of `workdir`. Default false. */
  createWorkdir?: boolean;
  /** The functions of the group. */
  functions?: Partial<Record<GroupFunction, SourcePosition>>;
  /** Time limit of the whole group in milliseconds. Absent: none. */
  timeoutMs?: number;
  /** For people; has no meaning here. */
  version?: string;
  /** Tasks in the order of the source. */
  tasks: Task[];
  at: SourcePosition;
}

/** Names and values; names are neither empty nor contain `=` or NUL. */
export type Environment = Record<string, string>;

/** Functions that a group may have. */
export type GroupFunction = "clean_workdir_after_run" | "on_start" | "on_complete";

/** Functions that run where the task runs, in the same Lua state as its command. */
export const TASK_HOOKS = ["pre_exec", "post_exec", "on_success", "on_failure"] as const;
export type TaskHook = (typeof TASK_HOOKS)[number];

/** How the delay between attempts grows: not at all, by as much each time, or twofold each time. */
export type RetryBackoff = "fixed" | "linear" | "exponential";

/** What becomes of a task whose agent is lost while it runs. */
export type OnAgentLost = "fail" | "retry" | "wait";

/** A task: the unit that is scheduled, run and delegated. */
export interface Task {
  name: string;
  description?: string;
  command: Command;
  /** Names of tasks of the same group that must have succeeded before. Checked: they exist, and there is no cycle. */
  dependsOn: string[];
  /** What the function gets as `params`, without the injected `task_name`, `group_name` and `workdir`. */
  params: LuaTable;
  /** Time limit of one attempt in milliseconds. Absent: none. */
  timeoutMs?: number;
  /** Further attempts after a failure. Default 0. */
  retries: number;
  /** Between two attempts, in milliseconds. Absent: 1000. */
  retryDelayMs?: number;
  /** Absent: `fixed`. */
  retryBackoff?: RetryBackoff;
  /** As written: relative to the group's. */
  workdir?: string;
  /** Overrides the group's; `false` brings the task home. Absent: the group's. */
  delegateTo?: Delegation | false;
  /** Absent: `fail`. */
  onAgentLost?: OnAgentLost;
  /** Added to the environment, over the group's. */
  env?: Environment;
  /** `fluent`: made by `task(…)`, whose functions get `this, params, deps`. Absent: written as a table. */
  form?: "fluent";
  /** Tasks of the same group after whose failure alone this one runs. */
  nextIfFail?: string[];
  /** Runs only if it holds: a shell condition, or a function. */
  runIf?: Command;
  /** Ends the run if it holds. */
  abortIf?: Command;
  hooks?: Partial<Record<TaskHook, SourcePosition>>;
  /** Globs of what is kept after success, and names of what is brought in before. */
  artifacts?: string[];
  consumes?: string[];
  at: SourcePosition;
}

/** What a task runs: a shell script, or a Lua function that is called by its address (group, task, field). */
export type Command = { kind: "shell"; script: string } | { kind: "lua"; at: SourcePosition };

/** Where a task runs, and how many tasks of one run are there at once. */
export type Delegation = (DelegationPlace | { kind: "any"; of: DelegationPlace[] }) & {
  /** At least 1; counts all places of an `any` together. Absent: no limit but the agent's own. */
  max?: number;
};

/** An agent: by its address (`host` and `port` are checked), by its name in the inventory, or by what it must have. */
export type DelegationPlace =
  | { kind: "address"; host: string; port: number }
  | { kind: "name"; name: string }
  | { kind: "labels"; labels: Labels };

/** Names and what they must be; not empty. Texts hold no blanks, `,`, `=` or `|`. */
export type Labels = Record<string, string | number | boolean>;

/** A field of a task that may hold a function. */
export type FunctionField = "command" | "run_if" | "abort_if" | TaskHook;

/** The address of a function in a workflow. */
export interface FunctionAddress {
  group: string;
  task: string;
  field: FunctionField;
}
