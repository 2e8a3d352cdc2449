import { DslError } from "../dsl-error.js";
import type { LuaFailure } from "../lua/call-protected.js";
import { findToken } from "../source/find-token.js";
import type { Position, Sources } from "./sources.js";

/** What Lua says of a file that it cannot compile or that raised an error, with the place that it names. */
export function explainFailure(failure: LuaFailure, sources: Sources): DslError {
  const named = /^(.*?):(\d+): (.*)$/s.exec(failure.message);
  const at = positionOf(named, sources);
  const message = (at && named?.[3]) ?? failure.message;
  const position = at ?? firstFrame(failure.traceback, sources) ?? { file: sources.main };
  const offset = at && offsetOf(message, at, sources);
  const code = failure.kind === "syntax" ? "SYNTAX" : "SCRIPT_ERROR";
  const diagnostic = { ...sources.locate({ ...position, offset }), message };
  return new DslError(code, [diagnostic], { traceback: failure.traceback });
}

function positionOf(match: readonly string[] | null, sources: Sources): Position | undefined {
  const file = sources.find(match?.[1] ?? "");
  return file === undefined ? undefined : { file, line: Number(match?.[2]) };
}

/** The innermost call that is in a file of the workflow. */
function firstFrame(traceback: string | undefined, sources: Sources): Position | undefined {
  for (const frame of (traceback ?? "").matchAll(/^\s*(.*?):(\d+): in /gm)) {
    const at = positionOf(frame, sources);
    if (at) return at;
  }
  return undefined;
}

/** Lua names the token that it stumbled over, and not where in the line that is. */
function offsetOf(message: string, { file, line }: Position, sources: Sources): number | undefined {
  const near = / near '(.*)'$/s.exec(message)?.[1];
  return near === undefined ? undefined : findToken(sources.bytes(file), line, near);
}
