import { formatByteSize } from "../byte-size.js";
import type { LuaFailure } from "./call-protected.js";

/** How much memory Lua has where nothing else is said, to load a workflow and for each task. */
export const DEFAULT_MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

/** A failure that says which limit was reached, where it is one of memory. */
export function nameMemoryLimit(failure: LuaFailure, limitBytes: number): LuaFailure {
  if (failure.kind !== "memory") return failure;
  return { ...failure, message: `${failure.message} (the limit is ${formatByteSize(limitBytes)})` };
}
