import { describe, expect, it } from "vitest";
import { OutputTail } from "./output-tail.js";

function tailOf(chunks: readonly string[]): OutputTail {
  const tail = new OutputTail();
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail;
}

describe("the tail of an output", () => {
  it.each([
    [[], ""],
    [["one\ntw", "o"], "two"],
    [["one\ntwo\n\n  \n"], "two"],
    [["10%\r20%\r", "30%\r"], "30%"],
    [["x".repeat(100_000), "\nlast"], "last"],
  ])("has the last line of %j", (chunks, line) => {
    expect(tailOf(chunks).lastLine()).toBe(line);
  });

  it("has the last twenty lines, however they came", () => {
    const text = Array.from({ length: 50_000 }, (_, line) => `line ${line}\n`).join("");
    const expected = Array.from({ length: 20 }, (_, line) => `line ${49_980 + line}`);
    for (const size of [7, 4096, text.length]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
        text.slice(n * size, (n + 1) * size),
      );
      expect(tailOf(chunks).lastLines()).toEqual(expected);
    }
  });

  it("keeps empty lines, and what came last of one that was overwritten", () => {
    expect(tailOf(["a\n\n1%\r2%\r\nend"]).lastLines()).toEqual(["a", "", "2%", "end"]);
  });

  it("cuts no character", () => {
    const [line = ""] = tailOf(["é😀".repeat(50_000)]).lastLines();
    expect(line.length).toBeGreaterThan(990);
    expect(String(Buffer.from(line))).toBe(line);
    expect(line).not.toContain("\ufffd");
  });

  it("gives of a line without end no more than anybody reads", () => {
    const [line = ""] = tailOf(Array.from({ length: 1000 }, () => "x".repeat(1000))).lastLines();
    expect(line).toBe("x".repeat(1000));
  });
});
