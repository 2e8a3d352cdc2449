/** Loads sloth workflows written in Lua into a plain task model, and calls their functions against a host. Starts no process and touches no network. */

export type { Bundle } from "./bundle/bundle.js";
export { bundleDigest, decodeBundle, encodeBundle } from "./bundle/encode-bundle.js";
export { formatByteSize, parseByteSize } from "./byte-size.js";
export { didYouMean, nearestWord } from "./did-you-mean.js";
export type { Diagnostic, DslErrorCode } from "./dsl-error.js";
export { DslError } from "./dsl-error.js";
export { parseDuration, parseGrace, parseTypedDuration } from "./duration.js";
export type {
  CallKind,
  EndedCall,
  ExecOutcome,
  ExecRequest,
  FileStat,
  Host,
  HostCalls,
  HostFile,
  HostFileSystem,
  HttpAnswer,
  HttpOutcome,
  HttpRequest,
  LogLevel,
  LogRecord,
  OpenMode,
  RemoteOutcome,
  TaskRequest,
} from "./host.js";
export { HostError } from "./host.js";
export { luaDefinitions } from "./library/reference/definitions.js";
export type { Address, Parsed } from "./load/address.js";
export { parseAddress } from "./load/address.js";
export type { LoadedWorkflow, LoadWorkflowOptions } from "./load/load-workflow.js";
export { loadWorkflow } from "./load/load-workflow.js";
export { taskDefinitions } from "./load/task-definitions.js";
export type { LoadContext } from "./load-context.js";
export { DEFAULT_MEMORY_LIMIT_BYTES } from "./lua/memory-limit.js";
export { optimizeLuaLate } from "./lua/optimize-later.js";
export type {
  Command,
  Delegation,
  DelegationPlace,
  FunctionAddress,
  FunctionField,
  Group,
  GroupFunction,
  Labels,
  LuaTable,
  LuaValue,
  OnAgentLost,
  SourcePosition,
  Task,
  TaskHook,
  Workflow,
} from "./model.js";
export { isLuaTable, TASK_HOOKS } from "./model.js";
export { patternProblem, protectionProblem } from "./path-pattern.js";
export { renderDiagnostics } from "./render-diagnostics.js";
export { openTaskState } from "./task/open-task-state.js";
export { openWorkflowState, type WorkflowState } from "./task/workflow-state.js";
export type {
  CallArguments,
  CommandOutcome,
  TaskContext,
  TaskState,
  TaskStateOptions,
  WorkflowStateOptions,
} from "./task-state.js";
export type { WorkspaceSettings } from "./workspace-settings.js";
export {
  CONFLICT_CHOICES,
  DEFAULT_WORKSPACE_SETTINGS,
  EXTERNAL_SYMLINK_CHOICES,
} from "./workspace-settings.js";
