import type { LuaTable } from "./model.js";

/**
 * What makes loading a workflow again, here or on an agent, give the same model: the values that loading
 * may depend on. It travels with the run.
 */
export interface LoadContext {
  /** What `os.time()` and the seed of hashing and `math.random` are derived from: milliseconds since 1970. */
  clockMs: number;
  /** What Lua has as `values`. Absent: an empty table. */
  values?: LuaTable;
  /** The variables of the environment that loading has read, and no others; `null`: it was not set. */
  environment?: Record<string, string | null>;
}
