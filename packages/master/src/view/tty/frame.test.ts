import { describe, expect, it } from "vitest";
import { drawFrame } from "./frame.js";

const NO_LINES = Buffer.alloc(0);

function frame(
  before: string[],
  after: string[],
  { lines = "", isRepaint = false, rowsAbove = before.length - 1 } = {},
): string | undefined {
  const bytes = drawFrame({ before, after, lines: Buffer.from(lines), isRepaint, rowsAbove });
  return bytes && Buffer.from(bytes).toString().replaceAll("\x1b[", "^");
}

describe("a frame", () => {
  it("is nothing where nothing changes", () => {
    expect(frame(["a", "b"], ["a", "b"])).toBeUndefined();
    expect(frame([], [])).toBeUndefined();
    expect(
      drawFrame({ before: [], after: [], lines: NO_LINES, isRepaint: true, rowsAbove: -1 }),
    ).toBeUndefined();
  });

  it("begins the region without the cursor, which is left at its last row", () => {
    expect(frame([], ["a", "b"])).toBe("^?2026h^?25l^?7l\r^Ka\r\n^Kb\r^?7h^?2026l");
  });

  it("writes only rows that have changed", () => {
    expect(frame(["a", "b", "c"], ["a", "x", "c"])).toBe("^?2026h\r^2A^?7l\r\r\n^Kx\r\n\r^?7h^?2026l");
  });

  it("clears what a longer region leaves", () => {
    expect(frame(["a", "b", "c"], ["a", "b"])).toBe("^?2026h\r^2A^?7l\r\r\n^Jb\r^?7h^?2026l");
  });

  it("prints lines in the place of the region and draws it again below", () => {
    expect(frame(["a"], ["a"], { lines: "one\n" })).toBe("^?2026h\r^Jone\n^?7l\r^Ka\r^?7h^?2026l");
  });

  it("ends the region with the cursor", () => {
    expect(frame(["a"], [], { lines: "end\n" })).toBe("^?2026h\r^J^?25hend\n^?2026l");
  });

  it("draws all again where the terminal may show something else", () => {
    expect(frame(["a", "b"], ["a", "b"], { isRepaint: true, rowsAbove: 3 })).toBe(
      "^?2026h\r^3A^J^?7l\r^Ka\r\n^Kb\r^?7h^?2026l",
    );
  });
});
