import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findInventory } from "./find-inventory.js";

/** A project in `p`, and the user's own directory in `c`. */
function find(paths: string[], start: string): string | undefined {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sloth-found-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of ["p/.git/HEAD", "p/a/b/w.lua", "c/sloth/x", ...paths]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
  const directory = join(root, "p", "a");
  const { file } = findInventory(join(root, start), { directory, env: { XDG_CONFIG_HOME: join(root, "c") } });
  return file?.replace(root, "");
}

describe("the inventory that is used where none is named", () => {
  it.each([
    [["p/a/b/agents.yaml", "p/agents.yaml"], "p/a/b", "b/agents.yaml"],
    [["p/agents.yaml", "c/sloth/agents.yaml"], "p/a/b", "../agents.yaml"],
    [["agents.yaml", "c/sloth/agents.yaml"], "p/a/b", "/c/sloth/agents.yaml"],
    [["agents.yaml"], "p/a/b", undefined],
  ])("of %j from %s is %s", (paths, start, expected) => {
    expect(find(paths, start)).toBe(expected);
  });
});
