import { expect, it } from "vitest";
import { OutputTail } from "./output-tail.js";

it.each([
  [[], ""],
  [["one\ntw", "o"], "two"],
  [["one\ntwo\n\n  \n"], "two"],
  [["10%\r20%\r", "30%\r"], "30%"],
  [["x".repeat(100_000), "\nlast"], "last"],
])("the last line of %j", (chunks, line) => {
  const tail = new OutputTail();
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  expect(tail.lastLine()).toBe(line);
});
