import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { findEnvironmentMistake } from "./check-environment.js";

/** Without the name, since it may be a piece of a secret. */
const NO_NAME = "what is before the = cannot be the name of a variable";

describe("a .env file", () => {
  it.each([
    "",
    "A=1\n# a comment\n\n  B = two words # said why\nexport C=3\nD=\n",
    "A=\"one\ntwo\"\nB='x'\r\nC=`y` # z\n",
    "JSON='{\"a\": 1}'\nURL=http://x/?a=b#c\n",
  ])("may be %j", (text) => {
    expect(findEnvironmentMistake(text)).toBeUndefined();
  });

  it.each([
    ["GOOD=1\nTOKEN secret\nX=2\n", 2, "there is no = in it"],
    ["9BAD=1\n", 1, NO_NAME],
    ["=1\n", 1, NO_NAME],
    ["a b=1\n", 1, NO_NAME],
    ['A=1\nB="never\nC=2\n', 2, 'the quotation mark " is not closed'],
  ])("may not be %j", (text, line, problem) => {
    expect(findEnvironmentMistake(text)).toEqual({ line, problem });
  });

  it("whose quoted values have several lines is read as it is checked", () => {
    expect(parseEnv('A="one\ntwo"\nB=3\n')).toEqual({ A: "one\ntwo", B: "3" });
  });
});
