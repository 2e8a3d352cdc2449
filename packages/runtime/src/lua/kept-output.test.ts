import { describe, expect, it } from "vitest";
import { KeptOutput } from "./kept-output.js";

describe("KeptOutput", () => {
  it("keeps all bytes in order", () => {
    const kept = new KeptOutput();
    for (const text of ["a", "bc", "d"]) kept.add(Buffer.from(text));
    expect(kept.problem).toBeUndefined();
    expect(Buffer.from(kept.take()).toString()).toBe("abcd");
  });

  it("keeps no more than its limit, and says that something is missing", () => {
    const kept = new KeptOutput();
    const megabyte = new Uint8Array(1024 * 1024);
    for (let count = 0; count < 70; count++) kept.add(megabyte);
    expect(kept.problem).toContain("64 MiB");
    expect(kept.take().length).toBe(64 * megabyte.length);
  });
});
