import { describe, expect, it } from "vitest";
import { cutToWidth, visibleInRow, visibleLine, widthOf } from "./terminal-text.js";

describe("what is seen of a line that a task prints", () => {
  it.each([
    ["plain é 日本 👩‍💻\tx", "plain é 日本 👩‍💻\tx"],
    ["\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m"],
    ["\x1b[38:2::1:2:3mtrue", "\x1b[38:2::1:2:3mtrue\x1b[0m"],
    ["a\x1b[2J\x1b[1;1Hb\x1b[?25l\x1b[2K", "ab"],
    ["\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "alink"],
    ["a\x1bP1$r0m\x1b\\b\x1b_apc", "ab"],
    ["\x1b7a\x1b8\x1bcb\x1b(Bc\x1bMd", "abcd"],
    ["a\x9b2Jb\x07\x08\x00c\x1b", "abc"],
    ["10%\r20%\r100%", "100%"],
    ["done\r", "done"],
    ["50%\r\x1b[K", "50%"],
    ["\r", ""],
  ])("%j", (line, seen) => {
    expect(visibleLine(line)).toBe(seen);
  });

  it("is without tabs and turned directions in a row, and without colours where none are wanted", () => {
    const line = "\x1b[31ma\tb\u202ec";
    expect(visibleInRow(line, true)).toBe("\x1b[31ma bc\x1b[0m");
    expect(visibleInRow(line, false)).toBe("a bc");
  });
});

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["日本", 4],
    ["👍👩‍💻", 4],
    ["\x1b[31mabc\x1b[0m", 3],
  ])("%j takes up %d columns", (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["abcdef", 1, "…"],
    ["abcdef", 0, ""],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["\x1b[31mabcdef\x1b[0m", 3, "\x1b[31mab…\x1b[0m"],
    ["👩‍💻👩‍💻", 3, "👩‍💻…"],
  ])("%j cut to %d columns is %j", (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
  });
});
