import { CallAborted } from "./call-protected.js";
import type { LuaThread } from "./lua-api.js";
import { type LuaState, pop, viewBytes } from "./lua-state.js";

/*
 * A limit on how long Lua code runs in this thread, which nothing else can interrupt:
 *
 * 1. Lua calls a hook after every so many instructions. New coroutines take it over from whoever makes them.
 * 2. When the time is over the hook throws what no `pcall` catches. The state is of no use afterwards.
 * 3. A coroutine that outlives the limit loses the hook when it is called next.
 *
 * With a hook Lua runs at about two thirds of its speed, however rarely it is called, so this is for code that
 * does little, not for tasks. Non-guarantees: one call of the standard library that takes for ever, such as
 * `string.rep("", 1e15)`; a finalizer. Neither reaches the hook.
 */

/** Instructions: a few milliseconds. */
const INTERVAL = 100_000;

/** `LUA_MASKCOUNT` */
const EVERY_INTERVAL = 8;

export interface TimeLimit {
  limitMs: number;
  /** What the call ends with. @param where - the line that ran, as `file:line: `, or empty */
  error: (where: string) => Error;
}

/** Runs `call`, which calls Lua. @throws what `error` gives, when the time is over */
export function withinTime<T>(lua: LuaState, { limitMs, error }: TimeLimit, call: () => T): T {
  const until = now() + limitMs;
  let isOver = false;
  const hook = lua.api.addFunction((thread: LuaThread) => {
    if (isOver) lua.api._lua_sethook(thread, 0, 0, 0);
    else if (now() >= until) throw new CallAborted(error(lineIn(lua, thread)));
  }, "vii");
  lua.api._lua_sethook(lua.main, hook, EVERY_INTERVAL, INTERVAL);
  try {
    return call();
  } finally {
    isOver = true;
    if (!lua.broken) lua.api._lua_sethook(lua.main, 0, 0, 0);
  }
}

function lineIn(lua: LuaState, thread: LuaThread): string {
  lua.api._luaL_where(thread, 0);
  const where = viewBytes(lua, thread, -1)?.toString() ?? "";
  pop(lua, thread, 1);
  return where;
}

/** Milliseconds, monotonic. Asking `performance` first loads all of Node's measuring: 10 ms. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
