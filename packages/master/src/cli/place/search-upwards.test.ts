import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findWorkflow } from "./find-workflow.js";
import { searchUpwards } from "./search-upwards.js";

/** A tree of directories, each with a `/` at its end, and files. */
function tree(...paths: string[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sloth-search-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of paths) {
    mkdirSync(join(root, path, path.endsWith("/") ? "." : ".."), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(root, path), "");
  }
  return root;
}

const search = (start: string, home = "/nobody") => searchUpwards(start, { names: ["w.lua", "v.lua"], home });

describe("a search upwards", () => {
  it("takes the nearest, and in one directory the first name", () => {
    const root = tree("a/b/", "a/v.lua", "a/w.lua", "w.lua");
    const directory = join(root, "a");
    const path = join(directory, "w.lua");
    expect(search(join(directory, "b")).found).toEqual({ path, directory, isAbove: true, isForeign: false });
    expect(search(directory).found).toEqual({ path, directory, isAbove: false, isForeign: false });
  });

  it("ends where a repository begins, also that of a worktree", () => {
    const root = tree("w.lua", "one/.git/", "one/a/", "two/.git", "two/a/");
    for (const name of ["one", "two"])
      expect(search(join(root, name, "a"))).toEqual({ top: join(root, name), end: "repository" });
  });

  it("looks in the home directory only when it begins there", () => {
    const home = tree("w.lua", "a/b/");
    expect(search(join(home, "a", "b"), home)).toEqual({ top: join(home, "a"), end: "home" });
    expect(search(home, home)).toMatchObject({ found: { isAbove: false }, top: home });
  });

  it("looks in the root only when it begins there", () => {
    expect(search("/gone/a")).toEqual({ top: "/gone", end: "root" });
    expect(search("/")).toEqual({ top: "/", end: "root" });
  });

  it("ends where the file system does", () => {
    expect(search("/proc/self/net")).toMatchObject({ end: expect.stringMatching(/mount|root/) });
    expect(search("/proc")).toMatchObject({ top: "/proc" });
  });

  it("passes by directories and links that lead nowhere", () => {
    const root = tree("w.lua/", "v.lua");
    symlinkSync("gone", join(root, "x"));
    expect(search(root).found?.path).toBe(join(root, "v.lua"));
  });

  it.runIf(process.getuid?.() === 0)("tells of what another user has put above", () => {
    const root = tree("w.lua", "a/", "b/");
    chownSync(join(root, "w.lua"), 1234, 1234);
    chownSync(join(root, "b"), 1234, 1234);
    expect(search(join(root, "a")).found?.isForeign).toBe(true);
    // It is theirs where the user has gone to their directory, and where nothing was searched.
    expect(search(join(root, "b")).found?.isForeign).toBe(false);
    expect(search(root).found?.isForeign).toBe(false);
  });
});

describe("the workflow of a directory", () => {
  it("is one of the names that are known, relative to it", () => {
    const root = tree(".git/", "pipeline.lua", "a/sloth.lua", "a/pipeline.lua", "b/c/");
    expect(findWorkflow(join(root, "a"))).toEqual({ file: "sloth.lua", isAbove: false });
    expect(findWorkflow(join(root, "b", "c"))).toEqual({ file: "../../pipeline.lua", isAbove: true });
  });

  it("is missed with what was looked for, and where", () => {
    const root = tree(".git/", "a/b/");
    const start = join(root, "a", "b");
    expect(() => findWorkflow(start)).toThrow(
      `There is no sloth.lua, pipeline.lua or workflow.lua in ${start} and above it up to ${root}, ` +
        "where the git repository begins. Name the workflow with -f FILE.",
    );
    expect(() => findWorkflow(root)).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });
});
