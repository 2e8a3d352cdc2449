import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJoinLine, parseJoinLine } from "./join-line.js";

const fingerprint = createHash("sha256").update("a certificate").digest("base64url");
const token = randomBytes(32).toString("base64url");
const line = formatJoinLine({ fingerprint, token });

function problemOf(typed: string): string {
  try {
    parseJoinLine(typed);
  } catch (error) {
    expect(error).toMatchObject({ name: "CredentialError", code: "JOIN_LINE" });
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

describe("a join line", () => {
  it("is read as it was printed, with space around it", () => {
    expect(parseJoinLine(line)).toEqual({ fingerprint, token });
    expect(parseJoinLine(`  ${line}\r\n`)).toEqual({ fingerprint, token });
  });

  it("is known for mistyped when any one character is another", () => {
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.constantFrom(...characters), (at, other) => {
        fc.pre(line[at] !== other);
        problemOf(line.slice(0, at) + other + line.slice(at + 1));
      }),
      { numRuns: 3000 },
    );
  });

  it("is known for mistyped when a character is missing, doubled or swapped with the next", () => {
    for (let at = 0; at < line.length - 1; at++) {
      problemOf(line.slice(0, at) + line.slice(at + 1));
      problemOf(line.slice(0, at) + line[at] + line.slice(at));
      if (line[at] !== line[at + 1])
        problemOf(line.slice(0, at) + line[at + 1] + line[at] + line.slice(at + 2));
    }
  });

  it.each([
    ["", /begin/],
    ["hello", /begin/],
    [line.replace("sloth1", "sloth2"), /version/],
    [line.replace("sloth1", "SLOTH1"), /begin/],
    [`${line}.more`, /three parts/],
    [line.slice(0, 40), /three parts/],
    [`${line.slice(0, 30)} ${line.slice(30)}`, /space/],
    [line.slice(0, -1), /1 character too few/],
    [line.replace(".", ".é"), /cannot be there/],
  ])("says what is wrong with %j, and does not repeat it", (typed, reason) => {
    const problem = problemOf(typed);
    expect(problem).toMatch(reason);
    expect(problem).toContain("sloth");
    expect(problem).not.toContain(token.slice(0, 20));
  });
});
