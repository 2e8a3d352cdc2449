import { isUtf8 } from "node:buffer";
import { createRequire } from "node:module";
import { compilingOnce, exportsOf, type WasmExports } from "./compile-once.js";
import { type LuaApi, type LuaThread, REGISTRY_INDEX, TYPE } from "./lua-api.js";
import { capMemory, type SetMemoryCap } from "./memory-cap.js";
import { withoutGrowthMessages } from "./quiet-growth.js";

/**
 * One Lua state in a WebAssembly instance of its own, so that closing it gives all memory back.
 *
 * Nothing here is called after {@link LuaState.broken} was set: a JavaScript exception that passed through
 * Lua frames left the state inconsistent.
 */
export interface LuaState {
  readonly api: LuaApi;
  /** What the module has beside Lua. */
  readonly wasmExports: WasmExports;
  readonly main: LuaThread;
  /** Pointer to 128 bytes that one API call may use at a time. */
  readonly scratch: number;
  broken: boolean;
  /** Sets the cap of all its memory; `undefined` lifts it. */
  readonly limitMemory: SetMemoryCap;
}

export interface OpenLuaStateOptions {
  /** What the hash seed (and with it the order of `pairs`) and the seed of `math.random` derive from. */
  clockMs: number;
}

/** Opens a state with the stock libraries in it. */
export async function openLuaState(options: OpenLuaStateOptions): Promise<LuaState> {
  const { LuaFactory, LuaGlobal } = loadWasmoon();
  // The C library copies the environment into its heap. The defaults hold the path of the running script,
  // whose length would shift the addresses that Lua's hash seed is made of.
  const environment = { _: "lua", LANG: "C.UTF-8" };
  const wasm = await compilingOnce(() =>
    withoutGrowthMessages(() => new LuaFactory(undefined, environment).getLuaModule()),
  );
  const api = wasm.module as unknown as LuaApi;
  const wasmExports = exportsOf(api.HEAPU8.buffer);
  const limitMemory = capMemory(wasmExports.memory);
  return withFixedClock(options.clockMs, () => {
    const { address: main } = new LuaGlobal(wasm, false);
    api._luaL_openlibs(main);
    return { api, wasmExports, main, scratch: api._malloc(128), broken: false, limitMemory };
  });
}

/** Only now, and as the CommonJS that it is: to import it Node would first search all of its text for exports. */
function loadWasmoon(): typeof import("wasmoon") {
  return createRequire(import.meta.url)("wasmoon");
}

/** Lua reads the clock for its seeds when a state is made; there is no other way to hand them in. */
function withFixedClock<T>(clockMs: number, make: () => T): T {
  const realNow = Date.now;
  Date.now = () => clockMs;
  try {
    return make();
  } finally {
    Date.now = realNow;
  }
}

/** Pushes the global `name`; returns its type. */
export function pushGlobal(lua: LuaState, name: string): number {
  lua.api._lua_rawgeti(lua.main, REGISTRY_INDEX, 2n);
  pushBytes(lua, lua.main, Buffer.from(name));
  const type = lua.api._lua_rawget(lua.main, -2);
  lua.api._lua_rotate(lua.main, -2, -1);
  pop(lua, lua.main, 1);
  return type;
}

/** Sets the global `name` to the value on top of the stack, and pops that. */
export function setGlobal(lua: LuaState, name: string): void {
  const { api, main } = lua;
  api._lua_rawgeti(main, REGISTRY_INDEX, 2n);
  pushBytes(lua, main, Buffer.from(name));
  api._lua_pushvalue(main, -3);
  api._lua_rawset(main, -3);
  pop(lua, main, 2);
}

/** Keeps the value on top of the stack in the registry and pops it. */
export function keepReference(lua: LuaState, thread: LuaThread): number {
  return lua.api._luaL_ref(thread, REGISTRY_INDEX);
}

export function pushReference(lua: LuaState, reference: number): void {
  lua.api._lua_rawgeti(lua.main, REGISTRY_INDEX, BigInt(reference));
}

export function pop(lua: LuaState, thread: LuaThread, count: number): void {
  lua.api._lua_settop(thread, -count - 1);
}

/** Pushes a Lua string. */
export function pushBytes(lua: LuaState, thread: LuaThread, bytes: Uint8Array): void {
  const pointer = copyIn(lua, bytes);
  try {
    lua.api._lua_pushlstring(thread, pointer, bytes.length);
  } finally {
    // Where Lua is out of memory the call leaves by an exception.
    lua.api._free(pointer);
  }
}

/** The module's memory, which is shared by everything in it, cannot grow any further. */
export class OutOfMemoryError extends Error {
  override name = "OutOfMemoryError";
}

/** Copies bytes, and a NUL behind them, into the module's heap; the caller frees them. */
export function copyIn(lua: LuaState, bytes: Uint8Array): number {
  const pointer = lua.api._malloc(bytes.length + 1);
  if (pointer === 0) throw new OutOfMemoryError(`No memory for a string of ${bytes.length} bytes`);
  lua.api.HEAPU8.set(bytes, pointer);
  lua.api.HEAPU8[pointer + bytes.length] = 0;
  return pointer;
}

/**
 * The bytes of the string at `index`: a view that is valid until the module is entered again, or
 * `undefined` when the value is not a string.
 */
export function viewBytes(lua: LuaState, thread: LuaThread, index: number): Buffer | undefined {
  if (lua.api._lua_type(thread, index) !== TYPE.string) return undefined;
  const pointer = lua.api._lua_tolstring(thread, index, lua.scratch);
  const heap = viewHeap(lua);
  return heap.subarray(pointer, pointer + heap.readUInt32LE(lua.scratch));
}

/** How long the string at `index` is. */
export function stringBytes(lua: LuaState, thread: LuaThread, index: number): number {
  lua.api._lua_tolstring(thread, index, lua.scratch);
  return viewHeap(lua).readUInt32LE(lua.scratch);
}

/** A copy of the string at `index`: as text where its bytes are valid UTF-8. */
export function readString(lua: LuaState, thread: LuaThread, index: number): string | Uint8Array {
  const pointer = lua.api._lua_tolstring(thread, index, lua.scratch);
  const heap = viewHeap(lua);
  const end = pointer + heap.readUInt32LE(lua.scratch);
  if (isShortAscii(heap, pointer, end)) return heap.toString("latin1", pointer, end);
  const view = heap.subarray(pointer, end);
  return isUtf8(view) ? view.toString("utf8") : new Uint8Array(view);
}

/** Looking at the bytes of a short string here costs less than one call that checks them natively. */
function isShortAscii(heap: Buffer, start: number, end: number): boolean {
  if (end - start > 64) return false;
  for (let i = start; i < end; i++) if ((heap[i] ?? 0) > 127) return false;
  return true;
}

const heapViews = new WeakMap<LuaApi, Buffer>();

/** The module's heap; a view goes stale when the memory grows, so it is not kept by callers. */
export function viewHeap({ api }: LuaState): Buffer {
  const memory = api.HEAPU8.buffer;
  const known = heapViews.get(api);
  if (known?.buffer === memory) return known;
  const view = Buffer.from(memory);
  heapViews.set(api, view);
  return view;
}
