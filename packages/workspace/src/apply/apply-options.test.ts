import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openWorkspace } from "../root/open-workspace.js";
import { deepFile, directory, file, manifest, symlink } from "../testing/entries.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, type Tree, writeTree } from "../testing/tree.js";
import type { ApplyOptions } from "./apply-changeset.js";
import { refuseFoldedNames } from "./name-folding.js";

async function scene(tree: Tree) {
  const root = temporaryDirectory();
  writeTree(root, tree);
  const workspace = await openWorkspace(root);
  const base = await workspace.snapshot();
  const apply = (given: Omit<ApplyOptions, "base">) => workspace.apply({ base, ...given });
  return { root, base, workspace, apply };
}

const isRoot = process.geteuid?.() === 0;

describe("a path that is too long below the root", () => {
  it("is refused before anything is touched, and named", async () => {
    const at = await scene({ keep: { content: "k" } });
    const upserts = deepFile();
    const refused = at.apply({ changeset: { upserts, deletions: [] } });
    await expect(refused).rejects.toMatchObject({ code: "BAD_PATH", path: upserts.at(-1)?.path });
    expect(readdirSync(at.root)).toEqual([".sloth", "keep"]);
    expect((await at.workspace.snapshot()).rootDigest).toBe(at.base.rootDigest);
  });
});

describe("a conflict", () => {
  it("is decided for theirs, and told", async () => {
    const at = await scene({ a: { content: "a" }, "d/x": { content: "x" }, keep: { content: "k" } });
    writeFileSync(join(at.root, "a"), "here");
    rmSync(join(at.root, "d"), { recursive: true });
    const changeset = { upserts: [file("a", ""), file("d/y", "")], deletions: ["d/x"] };
    const result = await at.apply({ changeset, onConflict: "theirs" });
    expect(result.conflicts).toEqual([]);
    expect(result.resolved.map(({ path }) => path)).toEqual(["a", "d/y"]);
    expect(readdirSync(join(at.root, "d"))).toEqual(["y"]);
    expect(readFileSync(join(at.root, "a"), "utf8")).toBe("");
  });

  it("between a mode there and a content here is decided for both, where theirs wins", async () => {
    const at = await scene({ a: { content: "sent" } });
    writeFileSync(join(at.root, "a"), "here");
    const changeset = { upserts: [file("a", "sent", 0o755)], deletions: [] };
    const result = await at.apply({ changeset, onConflict: "theirs" });
    expect(result.resolved.map(({ path }) => path)).toEqual(["a"]);
    expect(readTree(at.root)[0]).toMatch(/^a 755 .* 68657265$/);
  });

  it("is decided for ours, and told", async () => {
    const at = await scene({ a: { content: "a" }, b: { content: "b" } });
    writeFileSync(join(at.root, "a"), "here");
    const changeset = { upserts: [file("a", ""), file("b", "")], deletions: [] };
    const result = await at.apply({ changeset, onConflict: "ours" });
    expect(result).toMatchObject({ conflicts: [], resolved: [{ path: "a" }], counts: { modified: 1 } });
    expect(["a", "b"].map((name) => readFileSync(join(at.root, name), "utf8"))).toEqual(["here", ""]);
  });

  it("stays where theirs would delete what nobody sent, and nothing is applied", async () => {
    const at = await scene({ "d/x": { content: "x" }, keep: { content: "k" } });
    writeFileSync(join(at.root, "d/ignored.log"), "");
    const before = readTree(at.root);
    const changeset = { upserts: [file("keep", "")], deletions: ["d", "d/x"] };
    const result = await at.apply({ changeset, onConflict: "theirs" });
    expect(result).toMatchObject({
      conflicts: [{ path: "d", reason: expect.stringContaining("d/ignored.log") }],
      resolved: [],
    });
    expect(readTree(at.root)).toEqual(before);
  });

  it("names who changed the path", async () => {
    const at = await scene({ a: { content: "a" } });
    writeFileSync(join(at.root, "a"), "here");
    const changeset = { upserts: [file("a", "")], deletions: [] };
    const { conflicts } = await at.apply({ changeset, changedBy: () => 'task "lint" on build2' });
    expect(conflicts[0]).toMatchObject({ changedBy: 'task "lint" on build2' });
  });
});

describe("what was sent", () => {
  it("is compared by content when it comes without identities", async () => {
    const at = await scene({ a: { content: "a" }, b: { content: "b" } });
    writeFileSync(join(at.root, "b"), "B");
    const base = { root: at.root, manifest: at.base.manifest };
    const changeset = { upserts: [file("a", ""), file("b", "")], deletions: [] };
    const { conflicts } = await at.workspace.apply({ base, changeset });
    expect(conflicts.map(({ path }) => path)).toEqual(["b"]);
    const again = await at.workspace.apply({ base, changeset: { ...changeset, upserts: [file("a", "")] } });
    expect(again.counts.modified).toBe(1);
  });
});

describe("what is refused unless it is allowed", () => {
  it("a link that leaves the tree", async () => {
    const at = await scene({ keep: { content: "" } });
    const changeset = { upserts: [symlink("l", "/etc")], deletions: [] };
    await expect(at.apply({ changeset })).rejects.toThrow('external_symlinks = "keep"');
    await at.apply({ changeset, externalSymlinks: "keep" });
    expect(readlinkSync(join(at.root, "l"))).toBe("/etc");
  });

  it("deleting everything", async () => {
    const at = await scene({ a: { content: "" } });
    const changeset = { upserts: [], deletions: ["a"] };
    await expect(at.apply({ changeset })).rejects.toThrow("allow_delete_all = true");
    expect((await at.apply({ changeset, allowDeleteAll: true })).counts.deleted).toBe(1);
  });

  it("a change in .git, but never one in .sloth", async () => {
    const at = await scene({ keep: { content: "" } });
    const added = (name: string) => ({ upserts: [directory(name), file(`${name}/x`, "")], deletions: [] });
    await expect(at.apply({ changeset: added(".git") })).rejects.toThrow("sync_git");
    await at.apply({ changeset: added(".git"), releaseGit: true });
    expect(readdirSync(join(at.root, ".git"))).toEqual(["x"]);
    const ofOurs = at.apply({
      changeset: { upserts: [file(".sloth/x", "")], deletions: [] },
      releaseGit: true,
    });
    await expect(ofOurs).rejects.toMatchObject({ code: "PROTECTED" });
  });
});

describe("a protected path", () => {
  const tree: Tree = { "keys/a/b": { content: "" }, "run.lua": { content: "" }, keep: { content: "k" } };
  const isProtected = (path: string, isDirectory: boolean) => path === "keys" && isDirectory;

  it.each([
    ["is not changed", { upserts: [file("keys/a/b", "", 0o600)], deletions: [] }, "keys/a/b"],
    ["gets nothing new", { upserts: [file("keys/new", "")], deletions: [] }, "keys/new"],
    ["is not deleted", { upserts: [], deletions: ["keys", "keys/a", "keys/a/b"] }, "keys"],
    [
      "does not become another kind",
      { upserts: [file("keys", "")], deletions: ["keys/a", "keys/a/b"] },
      "keys",
    ],
    ["is not the workflow that runs", { upserts: [file("run.lua", "", 0o700)], deletions: [] }, "run.lua"],
  ])("%s", async (_, changeset, path) => {
    const at = await scene(tree);
    const applied = at.apply({ changeset, isProtected, protectedFiles: ["run.lua"] });
    await expect(applied).rejects.toMatchObject({ code: "PROTECTED", path });
    await expect(applied).rejects.toThrow("`protect`");
    expect((await at.apply({ changeset })).conflicts).toEqual([]);
  });

  it("may be touched", async () => {
    const at = await scene(tree);
    const upserts = at.base.manifest.entries
      .filter(({ kind }) => kind === "file")
      .map((entry) => ({ ...entry, mtimeUs: 5 }));
    const changeset = { upserts, deletions: [] };
    const result = await at.apply({ changeset, isProtected, protectedFiles: ["run.lua"] });
    expect(result.counts.modified).toBe(3);
  });
});

describe("two names that are one", () => {
  const both = { foldsCase: true, foldsNormalization: true };
  const pairs: [string, string[]][] = [
    ["by case", ["a/Makefile", "a/makefile"]],
    ["by normalisation", ["caf\u00e9", "cafe\u0301"]],
    ["by both, and by a directory", ["X/\u00c9", "x/e\u0301"]],
    ["by sharp s", ["stra\u00dfe", "STRASSE"]],
  ];

  it.each(pairs)("%s are refused where the file system folds", (_, paths) => {
    const result = manifest(...paths.map((path) => file(path, "")));
    const changeset = { upserts: result.entries.slice(0, 1), deletions: [] };
    expect(() => refuseFoldedNames(result, changeset, both)).toThrow(
      expect.objectContaining({ code: "NAME_CLASH" }),
    );
    refuseFoldedNames(result, { upserts: [], deletions: [] }, both);
    refuseFoldedNames(result, changeset, { foldsCase: false, foldsNormalization: false });
  });

  it("are refused before anything is touched", async () => {
    const root = temporaryDirectory();
    writeTree(root, { readme: { content: "" } });
    const workspace = await openWorkspace(root, { detectFolding: () => both });
    const base = await workspace.snapshot();
    const applied = workspace.apply({ base, changeset: { upserts: [file("README", "")], deletions: [] } });
    await expect(applied).rejects.toMatchObject({ code: "NAME_CLASH" });
    expect(readdirSync(root).sort()).toEqual([".sloth", "readme"]);
  });
});

describe("the root", () => {
  it.each(["/", homedir()])("is not %s, unless that is meant", async (root) => {
    await expect(openWorkspace(root)).rejects.toMatchObject({ code: "BROAD_ROOT" });
    expect(lstatSync(join(root, ".sloth"), { throwIfNoEntry: false })).toBeUndefined();
  });

  it("may be the home directory when that is meant", async () => {
    const home = temporaryDirectory();
    const before = process.env.HOME;
    process.env.HOME = home;
    try {
      symlinkSync(home, join(home, "link"));
      await expect(openWorkspace(join(home, "link"))).rejects.toMatchObject({ code: "BROAD_ROOT" });
      expect((await openWorkspace(home, { allowBroadRoot: true })).root).toBe(home);
    } finally {
      process.env.HOME = before;
    }
  });
});

/** A file system of its own on a directory, unmounted when the test ends. */
function mountTmpfs(target: string, size: string): void {
  mkdirSync(target, { recursive: true });
  const { status, stderr } = spawnSync("mount", [
    "-t",
    "tmpfs",
    "-o",
    `mode=755,size=${size}`,
    "tmpfs",
    target,
  ]);
  expect(status, String(stderr)).toBe(0);
  onTestFinished(() => void spawnSync("umount", [target]));
}

describe.skipIf(!isRoot)("a file system of its own (needs root to mount one)", () => {
  it("below the root is named, and nothing is changed", async () => {
    const at = await scene({ "d/m": { directory: true }, a: { content: "a" } });
    mountTmpfs(join(at.root, "d/m"), "1m");
    const changeset = { upserts: [file("a", ""), file("d/m/x", "")], deletions: [] };
    await expect(at.apply({ changeset })).rejects.toMatchObject({ code: "MOUNT_POINT", path: "d/m" });
    const removing = at.apply({ changeset: { upserts: [], deletions: ["d", "d/m"] } });
    await expect(removing).rejects.toMatchObject({ code: "MOUNT_POINT", path: "d/m" });
    expect(readFileSync(join(at.root, "a"), "utf8")).toBe("a");
    expect((await at.apply({ changeset: { upserts: [file("a", "")], deletions: [] } })).counts.modified).toBe(
      1,
    );
  });

  it("that is full while files are staged leaves the tree as it was, and no staging", async () => {
    const root = join(temporaryDirectory(), "full");
    mountTmpfs(root, "512k");
    const content = "x".repeat(200_000);
    writeTree(root, { a: { content }, keep: { content: "k" } });
    const workspace = await openWorkspace(root);
    const base = await workspace.snapshot();
    const before = readTree(root);
    const touched = file("a", content, 0o755);
    writeFileSync(join(root, "b"), "x".repeat(200_000));
    const applied = workspace.apply({ base, changeset: { upserts: [touched], deletions: ["keep"] } });
    await expect(applied).rejects.toMatchObject({ code: "IO_FAILED" });
    await expect(applied).rejects.toThrow(/ENOSPC|no space/i);
    rmSync(join(root, "b"));
    expect(readTree(root)).toEqual(before);
    expect(readdirSync(join(root, ".sloth/staging"))).toEqual([]);
  });

  it("that is full while the plan is written leaves the tree as it was, and no staging", async () => {
    const root = join(temporaryDirectory(), "full");
    mountTmpfs(root, "256k");
    const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
    writeTree(root, Object.fromEntries(names.map((name) => [name, { content: "" }])));
    const workspace = await openWorkspace(root);
    const base = await workspace.snapshot();
    const before = readTree(root);
    const onStep = (name: string) => {
      if (name !== "plan") return;
      spawnSync("sh", ["-c", 'cat /dev/zero > "$0"', join(root, "filler")]);
    };
    const changeset = { upserts: [symlink("f0", "f1")], deletions: names.slice(2).sort() };
    const applied = workspace.apply({ base, changeset, onStep });
    await expect(applied).rejects.toMatchObject({ code: "IO_FAILED" });
    rmSync(join(root, "filler"));
    expect(readTree(root)).toEqual(before);
    expect(readdirSync(join(root, ".sloth/staging"))).toEqual([]);
  });
});
