/*
 * wasmoon's module starts with 16 MiB of memory, of which Lua and the library use two. What a module starts with counts
 * as garbage when it is given up, so that V8 soon collects everything else with it, and all of it has to be looked at to
 * know that nothing is left in it. So a module is made to start with less; it grows as it did before.
 *
 * The module is a list of sections: a number, a length, and as many bytes. The fifth holds the limits of the memory:
 * https://webassembly.github.io/spec/core/binary/modules.html#memory-section
 */

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;

/** More than the C stack and the constants of the module take. */
const START_PAGES = 32;

/** A copy of a module that starts with 2 MiB; the module itself where its memory is not as it is known. */
export function withSmallMemory(module: Uint8Array): Uint8Array {
  for (let at = HEADER_BYTES; at < module.length; ) {
    const section = module[at];
    const length = readLength(module, at + 1);
    if (section === MEMORY_SECTION) return startingWith(START_PAGES, module, length.end);
    at = length.end + length.value;
  }
  return module;
}

/** @param at - where the section has the number of its memories, then the flags of the first and its least size */
function startingWith(pages: number, module: Uint8Array, at: number): Uint8Array {
  const least = readLength(module, at + 2);
  if (module[at] !== 1 || least.value <= pages) return module;
  const changed = Uint8Array.from(module);
  // In as many bytes as before: all but the last say that another follows.
  for (let i = at + 2, rest = pages; i < least.end; i++, rest >>= 7)
    changed[i] = (rest & 0x7f) | (i + 1 < least.end ? 0x80 : 0);
  return changed;
}

/** A number in seven bits a byte, the lowest first. */
function readLength(module: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = module[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}
