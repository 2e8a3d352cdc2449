import type { LuaTable } from "../model.js";
import type { TaskContext } from "../task-state.js";

/** The context of a call as Lua has it: `ctx`. */
export function contextTable(ctx: TaskContext): LuaTable {
  const { name, group, workdir, agent, attempt, runId } = ctx;
  return { name, group, workdir, agent: agent ?? null, attempt, run_id: runId };
}
