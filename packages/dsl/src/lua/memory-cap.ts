import type { WasmMemory } from "./compile-once.js";

/*
 * A cap on all memory of a WebAssembly module: Lua's heap and the buffers that its library keeps outside of it.
 *
 * 1. The module asks its `WebAssembly.Memory` to grow when an allocation does not fit. That call is replaced by
 *    one that refuses to grow beyond the cap; the allocation fails, Lua collects its garbage, tries again, and
 *    raises "not enough memory" if that was in vain.
 * 2. wasmoon does not hand its memory out; `compile-once.ts` sees it.
 *
 * Costs nothing while memory does not grow: an allocator that counts, which is wasmoon's own way, takes 10 to
 * 30 % more time. Can go when wasmoon takes a maximum.
 *
 * Non-guarantee: what the module has when it starts, 2 MiB, is the least.
 */

const PAGE_BYTES = 64 * 1024;

/** Sets the cap in bytes; `undefined` lifts it. */
export type SetMemoryCap = (bytes: number | undefined) => void;

/** Puts a memory under a cap, which is not set yet. */
export function capMemory(memory: WasmMemory): SetMemoryCap {
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
