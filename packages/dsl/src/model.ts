/** The plain task model that a workflow file is loaded into: data only, no Lua objects. */
import type { WorkspaceSettings } from "./workspace-settings.js";

/**
 * A value that passes between Lua and the rest of the world.
 *
 * - Lua `nil` is `null`; integers beyond 2^53 are `bigint`; every other number is `number`
 *   (an integral `number` other than `-0` becomes a Lua integer, so `1.0` comes back as `1`).
 * - A Lua string is a `string` when it is valid UTF-8 and a `Uint8Array` otherwise.
 * - A table whose keys are 1..n is an array (holes are `null`); one with string keys is an object
 *   without a prototype; an empty table is an empty object.
 */
export type LuaValue = null | boolean | number | bigint | string | Uint8Array | LuaValue[] | LuaTable;

/** A table with string keys. Built without a prototype, so that a key `__proto__` is only a key. */
export interface LuaTable {
  [key: string]: LuaValue;
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
  modelHash: string;
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
  /** Tasks in the order of the source. */
  tasks: Task[];
  at: SourcePosition;
}

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
  /** As written: relative to the group's. */
  workdir?: string;
  /** Overrides the group's; `false` brings the task home. Absent: the group's. */
  delegateTo?: Delegation | false;
  at: SourcePosition;
}

/** What a task runs: a shell script, or a Lua function that is called by its address (group, task, field). */
export type Command = { kind: "shell"; script: string } | { kind: "lua"; at: SourcePosition };

/** Where a task runs: an address (`host` and `port` are checked), or a name of the inventory. */
export type Delegation = { kind: "address"; host: string; port: number } | { kind: "name"; name: string };

/** The address of a function in a workflow. This version has `command` only; hooks join it later. */
export interface FunctionAddress {
  group: string;
  task: string;
  field: "command";
}
