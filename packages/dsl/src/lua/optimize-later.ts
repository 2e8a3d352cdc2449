import { setFlagsFromString } from "node:v8";

/** V8 counts bytes of code that ran, thousands for each instruction of Lua; its default is a thousandth of this. */
const BUDGET = 2_000_000_000;

/**
 * For a program that loads a workflow and then is done: makes this process compile Lua's WebAssembly for speed only
 * when much Lua has run. V8 does so after a few milliseconds otherwise, which takes a processor for 150 ms, and a
 * process does not end before it. Call it before the first workflow is loaded.
 */
export function optimizeLuaLate(): void {
  setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`);
}
