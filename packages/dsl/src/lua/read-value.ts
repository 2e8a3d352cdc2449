import type { LuaTable, LuaValue } from "../model.js";
import { isListMark, isNull } from "./data-marks.js";
import { type LuaThread, REGISTRY_INDEX, TYPE, TYPE_NAMES } from "./lua-api.js";
import { keepReference, type LuaState, pop, pushBytes, readString, stringBytes } from "./lua-state.js";
import { MAX_DEPTH } from "./push-value.js";
import { MAX_DEFINITION_BYTES, MAX_VALUE_BYTES, ValueBudget } from "./value-budget.js";

/** A value that has no place in plain data. The message names the path to it. */
export class NotDataError extends Error {
  override name = "NotDataError";
}

/** How many `nil` a list may hold before it is taken for a mistake: `{[1000000] = true}` is not a list. */
const MAX_HOLES = 1000;

/** The field of a metatable that holds the table behind one that can only be read (prelude.ts). */
const READ_ONLY = Buffer.from("__data");

/** References to that name, by state: to make a string may collect garbage, and so run finalizers of the script. */
const readOnlyNames = new WeakMap<LuaState, number>();

function readOnlyName(lua: LuaState): number {
  const known = readOnlyNames.get(lua);
  if (known !== undefined) return known;
  pushBytes(lua, lua.main, READ_ONLY);
  const reference = keepReference(lua, lua.main);
  readOnlyNames.set(lua, reference);
  return reference;
}

/** What was made of a table, and what it counts. */
interface KnownTable<T> {
  value: ReadValue<T>;
  sizeBytes: number;
}

/** Stands for a table that is being read further up, so that meeting it again is a cycle. */
const OPEN = Symbol("open");

/**
 * Decides what becomes of a value that is not data.
 *
 * @returns what stands for it, or throws.
 */
export type Substitute<T> = (problem: string, path: string, place: { thread: LuaThread; index: number }) => T;

/**
 * Reads the value at `index` as `model.ts` documents it. Raw access: no metamethod runs, nor any other Lua code.
 *
 * @throws {NotDataError} for functions, userdata, coroutines, cycles, tables that mix positions and names,
 * keys that are neither, nesting deeper than {@link MAX_DEPTH}, and what is larger than `limitBytes`, by default
 * 64 MiB.
 */
export function readValue(
  lua: LuaState,
  thread: LuaThread,
  index: number,
  path: string,
  limitBytes = MAX_VALUE_BYTES,
): LuaValue {
  const substitute = (problem: string, at: string): never => {
    throw new NotDataError(`${at} ${problem}`);
  };
  return readValueWith<never>(lua, thread, index, { path, substitute, limitBytes }) as LuaValue;
}

export interface ReadOptions<T> {
  /** What the value is called. */
  path: string;
  substitute: Substitute<T>;
  /** Default: 256 MiB. */
  limitBytes?: number;
}

/** As {@link readValue}, with `substitute` deciding about what is not data. */
export function readValueWith<T>(
  lua: LuaState,
  thread: LuaThread,
  index: number,
  options: ReadOptions<T>,
): ReadValue<T> {
  const top = lua.api._lua_gettop(thread);
  try {
    return new ValueReader(lua, thread, options).read(index);
  } finally {
    lua.api._lua_settop(thread, top);
  }
}

export type ReadValue<T> =
  | Exclude<LuaValue, LuaValue[] | LuaTable>
  | T
  | ReadValue<T>[]
  | { [key: string]: ReadValue<T> };

class ValueReader<T> {
  /** By address. A table that occurs twice is read once, so that sharing does not multiply. */
  private readonly tables = new Map<number, KnownTable<T> | typeof OPEN>();
  /** By address: Lua keeps one copy of a short string, and nothing is collected while tables are walked. */
  private readonly keys = new Map<number, string | Uint8Array>();
  /** The keys that lead to the value that is being read. */
  private readonly trail: (string | number)[] = [];
  private readonly budget: ValueBudget;
  private readonly readOnly: number;

  constructor(
    private readonly lua: LuaState,
    private readonly thread: LuaThread,
    private readonly options: ReadOptions<T>,
  ) {
    this.readOnly = readOnlyName(lua);
    this.budget = new ValueBudget(options.limitBytes ?? MAX_DEFINITION_BYTES);
  }

  read(index: number): ReadValue<T> {
    const { api } = this.lua;
    const type = api._lua_type(this.thread, index);
    this.budget.addItem(type === TYPE.string ? stringBytes(this.lua, this.thread, index) : 0);
    if (this.budget.isExceeded) return this.refuseSize(index);
    if (type <= TYPE.nil) return null;
    if (type === TYPE.boolean) return api._lua_toboolean(this.thread, index) !== 0;
    if (type === TYPE.number) return this.readNumber(index);
    if (type === TYPE.string) return readString(this.lua, this.thread, index);
    if (type === TYPE.table) return this.readAnyTable(index);
    if (type === TYPE.userdata && isNull(this.lua, this.thread, index)) return null;
    return this.refuse(index, `is a ${TYPE_NAMES[type]}, which is not data`);
  }

  private readNumber(index: number): number | bigint {
    const { api } = this.lua;
    if (api._lua_isinteger(this.thread, index) === 0) return api._lua_tonumberx(this.thread, index, 0);
    const integer = api._lua_tointegerx(this.thread, index, 0);
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : integer;
  }

  private readAnyTable(index: number): ReadValue<T> {
    const { api } = this.lua;
    const top = api._lua_gettop(this.thread);
    const value = this.readTable(this.behindReadOnly(api._lua_absindex(this.thread, index)));
    api._lua_settop(this.thread, top);
    return value;
  }

  /** Where the table is that a read-only one stands for: its metatable holds it. */
  private behindReadOnly(index: number): number {
    const { api } = this.lua;
    if (api._lua_getmetatable(this.thread, index) === 0) return index;
    api._lua_rawgeti(this.thread, REGISTRY_INDEX, BigInt(this.readOnly));
    if (api._lua_rawget(this.thread, -2) === TYPE.table) return api._lua_gettop(this.thread);
    pop(this.lua, this.thread, 2);
    return index;
  }

  private readTable(index: number): ReadValue<T> {
    const { api } = this.lua;
    if (this.trail.length >= MAX_DEPTH)
      return this.refuse(index, `is nested deeper than ${MAX_DEPTH} levels`);
    if (api._lua_checkstack(this.thread, 6) === 0) return this.refuse(index, "does not fit on the Lua stack");
    const address = api._lua_topointer(this.thread, index);
    const known = this.tables.get(address);
    if (known === OPEN) return this.refuse(index, "is a table that contains itself");
    if (known !== undefined) {
      this.budget.add(known.sizeBytes);
      return this.budget.isExceeded ? this.refuseSize(index) : known.value;
    }
    this.tables.set(address, OPEN);
    const before = this.budget.usedBytes;
    const value = this.readEntries(index);
    this.tables.set(address, { value, sizeBytes: this.budget.usedBytes - before });
    return value;
  }

  private isMarkedAsList(index: number): boolean {
    if (this.lua.api._lua_getmetatable(this.thread, index) === 0) return false;
    const isMarked = isListMark(this.lua, this.thread, -1);
    pop(this.lua, this.thread, 1);
    return isMarked;
  }

  private readEntries(index: number): ReadValue<T> {
    const { api } = this.lua;
    /** The first items; those that do not come in order are outliers. */
    const items: ReadValue<T>[] = [];
    const outliers: { position: number; value: ReadValue<T> }[] = [];
    const fields: { [key: string]: ReadValue<T> } = Object.create(null);
    let named = false;
    let last = 0;
    api._lua_pushnil(this.thread);
    while (api._lua_next(this.thread, index) !== 0) {
      const key = this.readKey(-2);
      if (typeof key === "object") {
        pop(this.lua, this.thread, 2);
        return this.refuse(index, key.problem);
      }
      this.trail.push(key);
      const value = this.read(-1);
      this.trail.pop();
      pop(this.lua, this.thread, 1);
      if (typeof key === "number") {
        if (key === items.length + 1) items.push(value);
        else outliers.push({ position: key, value });
        last = Math.max(last, key);
      } else {
        fields[key] = value;
        named = true;
      }
    }
    if (last === 0) {
      if (!this.isMarkedAsList(index)) return fields;
      return named ? this.refuse(index, "is marked as a list and has named fields") : [];
    }
    if (named) return this.refuse(index, "mixes list items and named fields");
    if (last - items.length - outliers.length > MAX_HOLES)
      return this.refuse(index, "is a list with too many gaps");
    return outliers.length === 0 ? items : arrange(items, outliers, last);
  }

  /** A position (from 1), a name, or why it is neither. */
  private readKey(index: number): string | number | { problem: string } {
    const type = this.lua.api._lua_type(this.thread, index);
    if (type === TYPE.string) return this.readName(index);
    if (type !== TYPE.number)
      return { problem: `has a ${TYPE_NAMES[type]} as a key; keys are names or positions` };
    const key = this.readNumber(index);
    if (typeof key === "number" && Number.isInteger(key) && key > 0) return key;
    return { problem: `has the key ${key}; the positions of a list count from 1` };
  }

  private readName(index: number): string | { problem: string } {
    const address = this.lua.api._lua_topointer(this.thread, index);
    const known = this.keys.get(address);
    if (known === undefined) this.budget.add(stringBytes(this.lua, this.thread, index));
    if (this.budget.isExceeded) return { problem: this.budget.problem };
    const name = known ?? readString(this.lua, this.thread, index);
    this.keys.set(address, name);
    return typeof name === "string" ? name : { problem: "has a key that is not valid UTF-8" };
  }

  /** The whole is too large, not what happens to be read now. */
  private refuseSize(index: number): T {
    return this.options.substitute(this.budget.problem, this.options.path, { thread: this.thread, index });
  }

  private refuse(index: number, problem: string): T {
    return this.options.substitute(problem, writePath(this.options.path, this.trail), {
      thread: this.thread,
      index,
    });
  }
}

function arrange<V>(items: V[], outliers: { position: number; value: V }[], length: number): (V | null)[] {
  const list: (V | null)[] = new Array(length).fill(null);
  items.forEach((value, index) => {
    list[index] = value;
  });
  for (const { position, value } of outliers) list[position - 1] = value;
  return list;
}

/** A path as Lua would write it: `params.list[2]["a key"]`. */
export function writePath(root: string, trail: readonly (string | number)[]): string {
  const steps = trail.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return root + steps.join("");
}
