import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogTail } from "./log-tail.js";
import { LogTails } from "./log-tails.js";

describe("the end of a log", () => {
  it("is the last bytes, however they came", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const tail = new LogTail(100);
        for (const chunk of chunks) tail.push(chunk);
        const all = Buffer.concat(chunks);
        const { text, cutBytes } = tail.read();
        expect(text).toBe(all.subarray(cutBytes).toString("utf8"));
        expect(cutBytes).toBeLessThanOrEqual(all.length);
        if (all.length <= 100) expect(cutBytes).toBe(0);
        expect(tail.heldBytes).toBeLessThanOrEqual(256);
      }),
    );
  });

  it("starts with a line where it was cut", () => {
    const tail = new LogTail(10);
    tail.push(Buffer.from("first\nsecond\nthird\n"));
    expect(tail.read()).toEqual({ text: "third\n", cutBytes: 13 });
  });

  it("starts with a character where it was cut in a long line", () => {
    const tail = new LogTail(4);
    tail.push(Buffer.from("€€"));
    expect(tail.read()).toEqual({ text: "€", cutBytes: 3 });
  });
});

describe("the logs of all tasks", () => {
  it("have a bound together: what succeeded first gives way first", () => {
    const logs = new LogTails<string>({ taskBytes: 1000, allBytes: 2500, leastBytes: 10 });
    const lengthOf = (task: string) => logs.read(task).text.length;
    for (const [task, succeeded] of Object.entries({ bad: false, good: true, better: true })) {
      logs.add(task, Buffer.alloc(1000, "x"));
      logs.end(task, succeeded);
    }
    logs.add("now", Buffer.alloc(1000, "x"));
    expect(["bad", "good", "better", "now"].map(lengthOf)).toEqual([1000, 10, 10, 1000]);
    expect(logs.read("good").cutBytes).toBe(990);
  });

  it("have lines of their own between output", () => {
    const logs = new LogTails<string>();
    logs.add("a", Buffer.from("within"));
    logs.addLine("a", "note");
    logs.addLine("a", "again");
    expect(logs.read("a").text).toBe("within\nnote\nagain\n");
  });
});
