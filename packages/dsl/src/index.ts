/** Loads sloth workflows written in Lua into a plain task model, and calls their functions against a host. Starts no process and touches no network. */
export type {
  ExecOutcome,
  ExecRequest,
  FileStat,
  Host,
  HostFileSystem,
  LogLevel,
  LogRecord,
} from "./host.js";
export { HostError } from "./host.js";
export type { LoadContext } from "./load-context.js";
export type {
  Command,
  Delegation,
  FunctionAddress,
  Group,
  LuaTable,
  LuaValue,
  SourcePosition,
  Task,
  Workflow,
} from "./model.js";
export type {
  CommandArguments,
  CommandOutcome,
  TaskContext,
  TaskState,
  TaskStateOptions,
} from "./task-state.js";
