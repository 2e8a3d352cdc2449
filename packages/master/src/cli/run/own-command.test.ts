import { describe, expect, it } from "vitest";
import { ownCommand } from "./own-command.js";

const env = { PATH: "/usr/bin:/home/me/.local/bin" };
const wordsOf = (program: string, ...args: string[]) =>
  ownCommand({ argv: ["/usr/bin/node", program, ...args], env, directory: "/home/me/app" }).words;

describe("the command line of a run", () => {
  it.each([
    ["/home/me/.local/bin/sloth", ["sloth"]],
    ["/home/me/.npm/_npx/0a1b/node_modules/.bin/sloth-master", ["npx", "@sloth/master"]],
    ["/home/me/app/packages/master/bin/sloth-master.cjs", ["node", "packages/master/bin/sloth-master.cjs"]],
    ["/opt/sloth-master.cjs", ["node", "/opt/sloth-master.cjs"]],
  ])("calls %s as the user does", (program, words) => {
    expect(wordsOf(program, "run")).toEqual([...words, "run"]);
  });

  it.each([
    ["-f w.lua -v a.yaml --set x=1", "-f w.lua -v a.yaml --set x=1"],
    ["build test -f w.lua", "-f w.lua"],
    ["--rerun-failed -f w.lua", "-f w.lua"],
    ["-f w.lua --rerun-failed 7XF2 -k", "-f w.lua -k"],
    ["-f w.lua -g one --group=two -t a,b -tc --tasks d --only e", "-f w.lua"],
    ["-k -f w.lua --jobs=2 build -- test", "-k -f w.lua --jobs=2"],
  ])("keeps of %j all but what chooses tasks", (typed, kept) => {
    expect(wordsOf("/home/me/.local/bin/sloth", "run", ...typed.split(" "))).toEqual([
      "sloth",
      "run",
      ...kept.split(" "),
    ]);
  });
});
