import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fairOrder, type Turn } from "./fair-order.js";

interface Named extends Turn {
  name: string;
}

/** `ci/nightly#3` is the third task of a run of a caller. */
function turn(name: string): Named {
  const [caller = "", run = ""] = name.replace(/#.*/, "").split("/");
  return { name, caller, run };
}

function order(waiting: string[], running: string[] = [], mostPerCaller?: number) {
  const fair = fairOrder(waiting.map(turn), running.map(turn), mostPerCaller);
  return { names: fair.order.map(({ name }) => name), admitted: fair.admitted };
}

describe("fairOrder", () => {
  it.each([
    ["keeps the order of one run", ["a/r#1", "a/r#2", "a/r#3"], [], ["a/r#1", "a/r#2", "a/r#3"]],
    [
      "takes turns between runs",
      ["a/r#1", "a/r#2", "a/s#1", "a/s#2"],
      [],
      ["a/r#1", "a/s#1", "a/r#2", "a/s#2"],
    ],
    ["counts what runs already", ["a/r#2", "a/s#1"], ["a/r#1"], ["a/s#1", "a/r#2"]],
    [
      "gives a caller with two runs no more than one with one",
      ["a/r#1", "a/s#1", "b/t#1", "b/t#2"],
      [],
      ["a/r#1", "b/t#1", "a/s#1", "b/t#2"],
    ],
  ])("%s", (_, waiting, running, expected) => {
    expect(order(waiting, running).names).toEqual(expected);
  });

  it("puts those last who are beyond a caller's limit, and says how many are within it", () => {
    expect(order(["a/r#2", "a/r#3", "b/s#1", "b/s#2"], ["a/r#1"], 1)).toEqual({
      names: ["b/s#1", "a/r#2", "b/s#2", "a/r#3"],
      admitted: 1,
    });
  });

  it("names everybody once, and nobody of a run before one of it that came earlier", () => {
    const names = fc.array(fc.constantFrom("a/r", "a/s", "b/r", "b/t", "c/u"), { maxLength: 30 });
    fc.assert(
      fc.property(names, names, fc.integer({ min: 1, max: 5 }), (waiting, running, most) => {
        const numbered = waiting.map((name, index) => `${name}#${index}`);
        const { names: ordered, admitted } = order(numbered, running, most);
        expect([...ordered].sort()).toEqual([...numbered].sort());
        for (const run of new Set(waiting)) {
          const ofRun = (list: string[]) => list.filter((name) => name.startsWith(`${run}#`));
          expect(ofRun(ordered)).toEqual(ofRun(numbered));
        }
        for (const caller of ["a", "b", "c"]) {
          const has = running.filter((name) => name.startsWith(`${caller}/`)).length;
          const gets = ordered.slice(0, admitted).filter((name) => name.startsWith(`${caller}/`)).length;
          expect(gets).toBeLessThanOrEqual(Math.max(0, most - has));
        }
      }),
    );
  });
});
