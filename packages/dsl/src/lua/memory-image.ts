import type { LuaState } from "./lua-state.js";

/*
 * A Lua state is nothing but the memory of its WebAssembly module, its place on the C stack, and the functions of the
 * host that it knows by number. So a state can be put back to what it was, at the price of copying memory, which is
 * far less than what opening another one costs: that runs the library and the workflow again, and throws memory away,
 * for which V8 collects all of its garbage.
 *
 * 1. `takeImage` copies the pages of memory in which anything is, and the stack's place.
 * 2. Whatever runs then may change any byte of it, and make it grow.
 * 3. `restore` writes the copies back, and zeros everywhere else: nothing of what ran is left.
 *
 * Whoever keeps things in JavaScript beside the state (files by number, calls that have begun) forgets them as well.
 * Non-guarantee: memory that has grown stays so; where that is a lot, `restore` refuses, and when a JavaScript
 * exception has left frames of C behind.
 */

/** The memory of a state as it was. */
export interface MemoryImage {
  /** Puts the state back. False where that cannot be; the state is of no use any more then. */
  restore(): boolean;
}

const PAGE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(PAGE_BYTES);

/** To clean more than this takes longer than to open another state. */
const MOST_GROWTH_BYTES = 16 * 1024 * 1024;

/** Nothing of the state may be running. */
export function takeImage(lua: LuaState): MemoryImage {
  const kept = pagesOf(lua).map((page) => (ZEROS.equals(page) ? ZEROS : Buffer.from(page)));
  const stack = lua.wasmExports.stackSave();
  return {
    restore() {
      const pages = pagesOf(lua);
      if (lua.broken || (pages.length - kept.length) * PAGE_BYTES > MOST_GROWTH_BYTES) return false;
      for (const [index, page] of pages.entries()) putBack(page, kept[index] ?? ZEROS);
      lua.wasmExports.stackRestore(stack);
      return true;
    },
  };
}

/** Reads before it writes: most is as it was, and a page that nobody has written to takes no memory of the machine. */
function putBack(page: Buffer, kept: Buffer): void {
  if (!page.equals(kept)) page.set(kept);
}

function pagesOf({ wasmExports }: LuaState): Buffer[] {
  const memory = Buffer.from(wasmExports.memory.buffer);
  const count = memory.length / PAGE_BYTES;
  return Array.from({ length: count }, (_, index) =>
    memory.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES),
  );
}
