import type { DslError } from "../dsl-error.js";
import { type HiddenValues, hideValues, showWorkflows } from "../library/hidden-values.js";
import type { HostBinding } from "../library/host-binding.js";
import { type InstalledLibrary, installLibrary } from "../library/install-library.js";
import { callProtected, installErrorHandler, type LuaFailure, loadChunk } from "../lua/call-protected.js";
import { type LuaState, openLuaState } from "../lua/lua-state.js";
import { nameMemoryLimit } from "../lua/memory-limit.js";
import { type TimeLimit, withinTime } from "../lua/time-limit.js";
import { joinModernDsls, prepareSource } from "../source/prepare-source.js";
import { type BuiltWorkflow, buildWorkflow, type Definitions } from "./build-workflow.js";
import { readDefinitions, readFluentGroups } from "./read-definitions.js";
import { explainFailure } from "./script-error.js";
import { Sources } from "./sources.js";

/** A state in which a workflow was loaded, with the model that came out. */
export interface EvaluatedWorkflow extends BuiltWorkflow {
  lua: LuaState;
  library: InstalledLibrary;
  hidden: HiddenValues;
}

export interface EvaluateOptions {
  source: Uint8Array;
  binding: HostBinding;
  memoryLimitBytes: number;
  /** How long the file's code may run. */
  loadTimeoutMs: number;
}

/** How long the code of a workflow may run outside of its functions, where nothing else is said. */
export const DEFAULT_LOAD_TIMEOUT_MS = 30_000;

/**
 * Runs a workflow file in a fresh state and reads what it defines. Master and agent both load by this
 * function alone, so that the same bytes and the same load context give the same model.
 *
 * @throws {DslError} SYNTAX, SCRIPT_ERROR or INVALID_WORKFLOW.
 */
export async function evaluateWorkflow(options: EvaluateOptions): Promise<EvaluatedWorkflow> {
  const { binding, memoryLimitBytes } = options;
  const sources = new Sources(binding.file, binding.files.files);
  const lua = await openLuaState({ clockMs: binding.context.clockMs });
  installErrorHandler(lua);
  const library = installLibrary(lua, binding);
  const hidden = hideValues(lua);
  const fail = (failure: LuaFailure) => explainFailure(nameMemoryLimit(failure, memoryLimitBytes), sources);
  lua.limitMemory(memoryLimitBytes);
  const accepted = compile(lua, prepareSource(options.source), { file: binding.file, fail });
  const failure = withinTime(lua, timeLimit(options, sources), () => callProtected(lua, 0, 0));
  if (failure) throw fail(failure);
  lua.limitMemory(undefined);
  showWorkflows(lua, hidden);
  return { lua, library, hidden, ...buildWorkflow(definitionsIn(lua), sources, accepted) };
}

function definitionsIn(lua: LuaState): Definitions {
  return { definitions: readDefinitions(lua), fluent: readFluentGroups(lua) };
}

/** Pushes the file's function; returns the text that Lua accepted. */
function compile(
  lua: LuaState,
  source: Uint8Array,
  { file, fail }: { file: string; fail: (failure: LuaFailure) => DslError },
): Uint8Array {
  const chunk = `@${file}`;
  const failure = loadChunk(lua, source, chunk);
  if (!failure) return source;
  const joined = failure.kind === "syntax" ? joinModernDsls(source) : undefined;
  const second = joined ? loadChunk(lua, joined, chunk) : failure;
  if (joined && !second) return joined;
  throw fail(second ?? failure);
}

function timeLimit({ loadTimeoutMs }: EvaluateOptions, sources: Sources): TimeLimit {
  const problem = `loading took longer than ${loadTimeoutMs / 1000}s, and was in this line then`;
  return {
    limitMs: loadTimeoutMs,
    error: (where) => explainFailure({ kind: "runtime", message: where + problem }, sources),
  };
}
