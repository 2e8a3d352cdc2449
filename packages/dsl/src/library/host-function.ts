import { constants } from "node:os";
import { HostError } from "../host.js";
import { CallAborted } from "../lua/call-protected.js";
import { type LuaThread, REGISTRY_INDEX } from "../lua/lua-api.js";
import { type LuaState, OutOfMemoryError, pushBytes, viewBytes } from "../lua/lua-state.js";
import { pushValue } from "../lua/push-value.js";
import { NotDataError, readValue } from "../lua/read-value.js";
import type { LuaValue } from "../model.js";

/** A mistake in a script's call: raised as a Lua error at the calling line. */
export class MisuseError extends Error {
  override name = "MisuseError";
}

/** The arguments of a call. Positions count from 1. */
export interface Arguments {
  readonly count: number;
  /** A copy of a string's bytes; a number is taken as its text. */
  bytes(position: number): Uint8Array;
  /** A string that must be valid UTF-8 without NUL: a path or a command. */
  text(position: number): string;
  /** @param limitBytes - of all that is in it; default: 64 MiB */
  value(position: number, name: string, limitBytes?: number): LuaValue;
  /** The arguments from a position on; what was there is 1 then. */
  from(position: number): Arguments;
}

/** Gives results, or what pushes them. */
export type HostFunction = (args: Arguments) => LuaValue[] | PushResults;

/**
 * Pushes a status (prelude.ts) and what belongs to it, and gives how many values that is. The arguments are the first
 * on the stack.
 */
export type PushResults = (lua: LuaState, thread: LuaThread) => number;

/** The first value that a C closure carries with it. */
const UPVALUE = REGISTRY_INDEX - 1;

/**
 * The functions of a state, which share one C function: for each of those WebAssembly compiles a module. What it
 * carries with it says which of them is meant.
 */
interface Dispatcher {
  pointer: number;
  bodies: HostFunction[];
}

const dispatchers = new WeakMap<LuaState, Dispatcher>();

function dispatcherOf(lua: LuaState): Dispatcher {
  const known = dispatchers.get(lua);
  if (known) return known;
  const bodies: HostFunction[] = [];
  const pointer = lua.api.addFunction((thread) => {
    const body = bodies[lua.api._lua_tonumberx(thread, UPVALUE, 0)];
    if (!body) throw new Error("No host function has this number");
    const [status, results] = answer(body, new StackArguments(lua, thread));
    const push = typeof results === "function" ? results : pushingAll(status, results);
    return pushIfRoom(lua, thread, push) ?? raiseOutOfMemory(lua, thread);
  }, "ii");
  const made = { pointer, bodies };
  dispatchers.set(lua, made);
  return made;
}

/** Makes a C function of `body`, and pushes it. `prelude.ts` says what it returns to Lua. */
function pushHostFunction(lua: LuaState, body: HostFunction): void {
  const { pointer, bodies } = dispatcherOf(lua);
  lua.api._lua_pushnumber(lua.main, bodies.push(body) - 1);
  lua.api._lua_pushcclosure(lua.main, pointer, 1);
}

function pushingAll(status: boolean | undefined, results: LuaValue[]): PushResults {
  return (lua, thread) => {
    if (status === undefined) lua.api._lua_pushnil(thread);
    else lua.api._lua_pushboolean(thread, status ? 1 : 0);
    for (const result of results) pushValue(lua, thread, result);
    return results.length + 1;
  };
}

/**
 * Undefined where the results do not fit into memory. Where it is Lua that finds this out, they leave by an exception
 * of its own.
 */
function pushIfRoom(lua: LuaState, thread: LuaThread, push: PushResults): number | undefined {
  try {
    return push(lua, thread);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return undefined;
    throw error;
  }
}

/** Lua knows its error of this kind by this text. */
function raiseOutOfMemory(lua: LuaState, thread: LuaThread): number {
  pushBytes(lua, thread, Buffer.from("not enough memory"));
  return lua.api._lua_error(thread);
}

function answer(body: HostFunction, args: Arguments): [boolean | undefined, LuaValue[] | PushResults] {
  try {
    return [true, body(args)];
  } catch (error) {
    if (error instanceof HostError) return [undefined, [error.message, errorNumber(error)]];
    if (error instanceof MisuseError || error instanceof NotDataError) return [false, [error.message]];
    throw new CallAborted(error);
  }
}

/** As C has it on this machine, for the functions of the Lua library that give it. */
function errorNumber({ code }: HostError): number {
  const { errno } = constants;
  return Object.hasOwn(errno, code ?? "") ? errno[code as keyof typeof errno] : errno.EIO;
}

class StackArguments implements Arguments {
  readonly count: number;

  /** @param skipped - how many of the arguments come before the first of these */
  constructor(
    private readonly lua: LuaState,
    private readonly thread: LuaThread,
    private readonly skipped = 0,
  ) {
    this.count = lua.api._lua_gettop(thread) - skipped;
  }

  from(position: number): Arguments {
    return new StackArguments(this.lua, this.thread, this.skipped + position - 1);
  }

  bytes(position: number): Uint8Array {
    const view = viewBytes(this.lua, this.thread, this.skipped + position);
    return view ? new Uint8Array(view) : Buffer.from(String(this.value(position, "argument")));
  }

  text(position: number): string {
    const value = this.value(position, "argument");
    if (value instanceof Uint8Array) throw new MisuseError(`argument #${position} is not valid UTF-8`);
    const text = String(value);
    if (text.includes("\0")) throw new MisuseError(`argument #${position} contains a NUL byte`);
    return text;
  }

  value(position: number, name: string, limitBytes?: number): LuaValue {
    return readValue(this.lua, this.thread, this.skipped + position, name, limitBytes);
  }
}

/** Sets `table[name]`, for the table on top of the stack. */
export function setHostFunction(lua: LuaState, name: string, body: HostFunction): void {
  pushBytes(lua, lua.main, Buffer.from(name));
  pushHostFunction(lua, body);
  lua.api._lua_rawset(lua.main, -3);
}
