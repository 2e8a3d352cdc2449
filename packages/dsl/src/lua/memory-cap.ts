import type { LuaApi } from "./lua-api.js";

/*
 * A cap on all memory of a WebAssembly module: Lua's heap and the buffers that its library keeps outside of it.
 *
 * 1. The module asks its `WebAssembly.Memory` to grow when an allocation does not fit. That call is replaced by
 *    one that refuses to grow beyond the cap; the allocation fails, Lua collects its garbage, tries again, and
 *    raises "not enough memory" if that was in vain.
 * 2. wasmoon does not hand its memory out. An allocation that cannot be met makes it ask for growth, which
 *    shows the memory.
 *
 * Costs nothing while memory does not grow: an allocator that counts, which is wasmoon's own way, takes 10 to
 * 30 % more time. Can go when wasmoon takes a maximum.
 *
 * Non-guarantee: what the module has when it starts, 16 MiB, is the least.
 */

/** What is used of `WebAssembly.Memory`, whose type Node does not declare. */
interface Memory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

const PAGE_BYTES = 64 * 1024;

/** More than a module starts with, and less than it refuses without asking its memory. */
const UNMET_BYTES = 1024 ** 3;

/** Sets the cap in bytes; `undefined` lifts it. */
export type SetMemoryCap = (bytes: number | undefined) => void;

/** Puts the memory of a module under a cap, which is not set yet. */
export function capMemory(api: LuaApi): SetMemoryCap {
  const memory = findMemory(api);
  const grow = memory.grow.bind(memory);
  let capBytes = Number.POSITIVE_INFINITY;
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > capBytes) throw new RangeError("The cap is reached");
    return grow(pages);
  };
  return (bytes) => {
    capBytes = bytes ?? Number.POSITIVE_INFINITY;
  };
}

function findMemory(api: LuaApi): Memory {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } };
  const { prototype } = WebAssembly.Memory;
  const realGrow = prototype.grow;
  let found: Memory | undefined;
  prototype.grow = function (this: Memory) {
    found = this;
    throw new RangeError("This only looks which memory it is");
  };
  try {
    api._malloc(UNMET_BYTES);
  } finally {
    prototype.grow = realGrow;
  }
  if (found?.buffer !== api.HEAPU8.buffer) throw new Error("The memory of the Lua module was not found");
  return found;
}
