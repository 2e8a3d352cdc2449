import { DslError } from "../dsl-error.js";
import type { HostBinding } from "../library/host-binding.js";
import { installLibrary } from "../library/install-library.js";
import { callProtected, installErrorHandler, type LuaFailure, loadChunk } from "../lua/call-protected.js";
import { type LuaState, openLuaState } from "../lua/lua-state.js";
import { joinModernDsls, prepareSource } from "../source/prepare-source.js";
import { type BuiltWorkflow, buildWorkflow, type Definitions } from "./build-workflow.js";
import { readDefinitions, readFluentGroups } from "./read-definitions.js";

/** A state in which a workflow was loaded, with the model that came out. */
export interface EvaluatedWorkflow extends BuiltWorkflow {
  lua: LuaState;
}

export interface EvaluateOptions {
  source: Uint8Array;
  binding: HostBinding;
  memoryLimitBytes?: number | undefined;
}

/**
 * Runs a workflow file in a fresh state and reads what it defines. Master and agent both load by this
 * function alone, so that the same bytes and the same load context give the same model.
 *
 * @throws {DslError} SYNTAX, SCRIPT_ERROR or INVALID_WORKFLOW.
 */
export async function evaluateWorkflow(options: EvaluateOptions): Promise<EvaluatedWorkflow> {
  const { binding, memoryLimitBytes } = options;
  const { file } = binding;
  const lua = await openLuaState({ clockMs: binding.context.clockMs, memoryLimitBytes });
  installErrorHandler(lua);
  installLibrary(lua, binding);
  lua.limitMemory(memoryLimitBytes);
  const source = compile(lua, prepareSource(options.source), file);
  const failure = callProtected(lua, 0, 0);
  if (failure) throw scriptError(failure, file);
  lua.limitMemory(undefined);
  return { lua, ...buildWorkflow(definitionsIn(lua), file, source) };
}

function definitionsIn(lua: LuaState): Definitions {
  return { definitions: readDefinitions(lua), fluent: readFluentGroups(lua) };
}

/** Pushes the file's function; returns the text that Lua accepted. */
function compile(lua: LuaState, source: Uint8Array, file: string): Uint8Array {
  const failure = loadChunk(lua, source, `@${file}`);
  if (!failure) return source;
  const joined = failure.kind === "syntax" ? joinModernDsls(source) : undefined;
  const second = joined ? loadChunk(lua, joined, `@${file}`) : failure;
  if (joined && !second) return joined;
  throw scriptError(second ?? failure, file);
}

function scriptError(failure: LuaFailure, file: string): DslError {
  const match = /^(.*?):(\d+): (.*)$/s.exec(failure.message);
  const line = match?.[2] ?? /:(\d+): in /.exec(failure.traceback ?? "")?.[1] ?? "1";
  const named = match?.[1] ?? file;
  const diagnostic = { file: named, line: Number(line), message: match?.[3] ?? failure.message };
  const code = failure.kind === "syntax" ? "SYNTAX" : "SCRIPT_ERROR";
  return new DslError(code, [diagnostic], { traceback: failure.traceback });
}
