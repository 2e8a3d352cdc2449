import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { TreeCursor } from "./tree-cursor.js";

function rootWithOutside(): { root: string; outside: string } {
  const base = temporaryDirectory();
  for (const name of ["root/d/e", "outside/e"]) mkdirSync(join(base, name), { recursive: true });
  return { root: join(base, "root"), outside: join(base, "outside") };
}

it("stays in the directory that it entered when that is swapped for a symlink", () => {
  const { root, outside } = rootWithOutside();
  const cursor = new TreeCursor(root);
  const location = cursor.locate("d/f");
  renameSync(join(root, "d"), join(root, "moved"));
  symlinkSync(outside, join(root, "d"));
  writeFileSync(location, "x");
  expect(readFileSync(join(root, "moved/f"), "utf8")).toBe("x");
  expect(readdirSync(outside)).toEqual(["e"]);
  cursor.close();
});

it.each(["d", "d/e"])("does not go through a symlink to reach %s", (directory) => {
  const { root, outside } = rootWithOutside();
  renameSync(join(root, "d"), join(root, "moved"));
  symlinkSync(outside, join(root, "d"));
  const cursor = new TreeCursor(root);
  expect(() => cursor.enter(directory)).toThrow(
    expect.objectContaining({ code: "PATH_ESCAPES", path: directory }),
  );
  cursor.close();
});

it("closes every directory that it opened", () => {
  const { root } = rootWithOutside();
  const before = readdirSync("/proc/self/fd").length;
  const cursor = new TreeCursor(root);
  for (const directory of ["d/e", "d", "", "d/e"]) cursor.enter(directory);
  cursor.close();
  expect(readdirSync("/proc/self/fd").length).toBe(before);
});
