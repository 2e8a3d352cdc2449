import { withSmallMemory } from "./small-memory.js";

/** The part of WebAssembly that is used here; the types of Node have none of it. */
interface WasmApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(source: Uint8Array | object, imports: object): Promise<object>;
}

/** What the module has and wasmoon does not hand out. */
export interface WasmExports {
  readonly memory: WasmMemory;
  /** The place on the C stack. */
  stackSave(): number;
  stackRestore(place: number): void;
}

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

const wasm = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
const instantiate = wasm.instantiate;

/** What was compiled first in this thread. */
let first: { bytes: Uint8Array; module: Promise<object> } | undefined;
let uses = 0;

const exportsByMemory = new WeakMap<ArrayBufferLike, WasmExports>();

/** What an instance exports, found by its memory, which must not have grown yet. */
export function exportsOf(memory: ArrayBufferLike): WasmExports {
  const found = exportsByMemory.get(memory);
  if (!found) throw new Error("The instance of the Lua module was not seen when it was made");
  return found;
}

/**
 * Makes instances of wasmoon's module, which it compiles anew for each of them: half of what a Lua state costs. While
 * `make` runs, `WebAssembly.instantiate` takes what this thread has compiled from the same bytes before. Can go when
 * wasmoon takes a compiled module: https://github.com/ceifa/wasmoon/blob/v1.16.0/src/luawasm.ts
 */
export async function compilingOnce<T>(make: () => Promise<T>): Promise<T> {
  uses += 1;
  wasm.instantiate = instantiateOnce;
  try {
    return await make();
  } finally {
    uses -= 1;
    if (uses === 0) wasm.instantiate = instantiate;
  }
}

async function instantiateOnce(source: Uint8Array | object, imports: object): Promise<object> {
  if (!(source instanceof Uint8Array)) return instantiate.call(wasm, source, imports);
  first ??= { bytes: source, module: wasm.compile(withSmallMemory(source)) };
  if (Buffer.compare(first.bytes, source) !== 0) return instantiate.call(wasm, source, imports);
  const module = await first.module;
  const instance = (await instantiate.call(wasm, module, imports)) as { exports: WasmExports };
  exportsByMemory.set(instance.exports.memory.buffer, instance.exports);
  return { module, instance };
}
