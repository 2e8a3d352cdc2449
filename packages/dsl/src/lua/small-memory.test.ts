import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLuaState } from "./lua-state.js";
import { withSmallMemory } from "./small-memory.js";

const wasm = readFileSync(join(dirname(createRequire(import.meta.url).resolve("wasmoon")), "glue.wasm"));

describe("a module that starts with little memory", () => {
  it("differs in the least size alone", () => {
    const changed = withSmallMemory(wasm);
    expect(changed.length).toBe(wasm.length);
    const places = [...wasm.keys()].filter((at) => wasm[at] !== changed[at]);
    expect(places.length).toBeGreaterThan(0);
    expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBeLessThan(3);
  });

  it("is left alone where it starts with less already, or has no memory", () => {
    const small = withSmallMemory(wasm);
    expect(withSmallMemory(small)).toBe(small);
    const empty = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    expect(withSmallMemory(empty)).toBe(empty);
  });

  it("is what a state runs in", async () => {
    const { api } = await openLuaState({ clockMs: 1 });
    expect(api.HEAPU8.length).toBe(2 * 1024 * 1024);
  });
});
