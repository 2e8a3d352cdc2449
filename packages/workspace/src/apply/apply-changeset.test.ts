import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Changeset, ManifestEntry } from "../manifest/entry.js";
import { openWorkspace, type Workspace } from "../root/open-workspace.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { directory, file, symlink } from "../testing/entries.js";
import { asOrdinaryUser } from "../testing/ordinary-user.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { transfer } from "../testing/transfer.js";
import { readTree, type Tree, writeTree } from "../testing/tree.js";

interface Scene {
  root: string;
  outside: string;
  workspace: Workspace;
  base: Snapshot;
}

async function scene(tree: Tree): Promise<Scene> {
  const parent = temporaryDirectory();
  const root = join(parent, "root");
  const outside = join(parent, "outside");
  mkdirSync(root);
  mkdirSync(outside);
  writeTree(root, tree);
  writeFileSync(join(outside, "secret"), "secret");
  const workspace = await openWorkspace(root);
  return { root, outside, workspace, base: await workspace.snapshot() };
}

/** Upserts with their contents as text, as they would arrive. */
async function received(files: [ManifestEntry, string][]) {
  const source = temporaryDirectory();
  for (const [entry, content] of files) {
    mkdirSync(join(source, entry.path, ".."), { recursive: true });
    writeFileSync(join(source, entry.path), content);
  }
  return transfer(
    source,
    files.map(([entry]) => entry),
  );
}

async function apply(
  { workspace, base }: Scene,
  changeset: Changeset,
  files: [ManifestEntry, string][] = [],
) {
  return workspace.apply({ base, changeset, contents: await received(files) });
}

function put(path: string, content: string, mode?: number): [Changeset, [ManifestEntry, string][]] {
  const entry = file(path, content, mode);
  return [{ upserts: [entry], deletions: [] }, [[entry, content]]];
}

const stagedIn = (root: string) => readdirSync(join(root, ".sloth/staging"));

describe("applying a changeset", () => {
  it("reports conflicts and changes nothing", async () => {
    const at = await scene({ a: { content: "a" }, b: { content: "b" } });
    writeFileSync(join(at.root, "a"), "changed here");
    const before = readTree(at.root);
    const [a, b] = [file("a", "theirs"), file("b", "theirs")];
    const result = await apply(at, { upserts: [a, b], deletions: [] }, [[a, "theirs"]]);
    expect(result.conflicts.map((conflict) => conflict.path)).toEqual(["a"]);
    expect(result.counts).toEqual({ added: 0, modified: 0, deleted: 0 });
    expect(readTree(at.root)).toEqual(before);
    expect(stagedIn(at.root)).toEqual([]);
  });

  it("does not write into an inode that is shared with the outside", async () => {
    const at = await scene({ content: { content: "old" }, mode: { content: "old", mode: 0o644 } });
    for (const name of ["content", "mode"]) linkSync(join(at.root, name), join(at.outside, name));
    const content = file("content", "new");
    const mode = file("mode", "old", 0o755);
    await apply(at, { upserts: [content, mode], deletions: [] }, [[content, "new"]]);
    expect(readFileSync(join(at.outside, "content"), "utf8")).toBe("old");
    expect(statSync(join(at.outside, "mode")).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(at.root, "content"), "utf8")).toBe("new");
    expect(statSync(join(at.root, "mode")).mode & 0o777).toBe(0o755);
  });

  it("needs no contents for a file of which only mode or time changed", async () => {
    const at = await scene({ f: { content: "same" }, large: { content: Buffer.alloc(2 ** 21) } });
    const touched = at.base.manifest.entries.map((entry) => ({ ...entry, mode: 0o600, mtimeUs: 5 }));
    await at.workspace.apply({ base: at.base, changeset: { upserts: touched, deletions: [] } });
    expect((await at.workspace.snapshot()).manifest.entries).toEqual(touched);
  });

  it("does not go through a directory that became a symlink", async () => {
    const at = await scene({ "d/f": { content: "x" }, other: { content: "o" } });
    rmSync(join(at.root, "d"), { recursive: true });
    symlinkSync(at.outside, join(at.root, "d"));
    const result = await apply(at, ...put("d/secret", "overwritten"));
    expect(result.conflicts[0]).toMatchObject({
      path: "d/secret",
      reason: expect.stringContaining("a symlink to"),
    });
    expect(await apply(at, { upserts: [], deletions: ["d", "d/f"] })).toMatchObject({
      conflicts: [{ path: "d" }],
    });
    const put2 = put("keep", "x");
    expect((await apply(at, ...put2)).conflicts).toEqual([]);
    expect(readdirSync(at.outside)).toEqual(["secret"]);
    expect(readFileSync(join(at.outside, "secret"), "utf8")).toBe("secret");
  });

  it("replaces a symlink, not what it points to", async () => {
    const at = await scene({ l: { link: "../outside/secret" } });
    await apply(at, ...put("l", "a file now"));
    expect(lstatSync(join(at.root, "l")).isFile()).toBe(true);
    expect(readFileSync(join(at.outside, "secret"), "utf8")).toBe("secret");
  });

  it("finds a FIFO where a file goes, and does not wait for it", async () => {
    const at = await scene({ f: { content: "x" } });
    rmSync(join(at.root, "f"));
    spawnSync("mkfifo", [join(at.root, "f")]);
    expect((await apply(at, ...put("f", "y"))).conflicts).toHaveLength(1);
  });

  it("keeps a directory that holds a repository of its own", async () => {
    const at = await scene({ keep: { content: "" }, "d/.git/config": { content: "" } });
    const result = await apply(at, { upserts: [], deletions: ["d"] });
    expect(result.conflicts).toEqual([{ path: "d", reason: 'it is to be removed, but holds "d/.git" here' }]);
  });

  it.each(["/etc/passwd", "..", "../outside/secret", "d/../../outside", "a/.."])(
    "refuses a symlink to %s and names both",
    async (target) => {
      const at = await scene({ keep: { content: "" } });
      const applied = apply(at, { upserts: [symlink("l", target)], deletions: [] });
      await expect(applied).rejects.toMatchObject({ code: "EXTERNAL_LINK", path: "l", target });
      expect(readdirSync(at.root).sort()).toEqual([".sloth", "keep"]);
    },
  );

  it("accepts a leaving symlink that was there before, and links that stay inside", async () => {
    const at = await scene({ l: { link: "/etc" }, "d/m": { link: "../../x" } });
    rmSync(join(at.root, "l"));
    symlinkSync("/etc", join(at.root, "l"));
    const upserts = [symlink("d/m", "../l"), symlink("l", "/etc")];
    expect((await apply(at, { upserts, deletions: [] })).conflicts).toEqual([]);
    const moved = apply(at, { upserts: [symlink("n", "/etc")], deletions: [] });
    await expect(moved).rejects.toMatchObject({ code: "EXTERNAL_LINK" });
  });

  it.each([
    ".git",
    ".git/hooks/pre-commit",
    "sub/.git",
    ".GIT/config",
    ".Git",
    ".git.",
    ".git ",
    ".git::$INDEX_ALLOCATION",
    "git~1",
    ".g\u200cit",
    ".sloth/workspace-id",
    "sub/.SLOTH/x",
  ])("refuses a change of %j", async (path) => {
    const at = await scene({ keep: { content: "" } });
    const above = path.split("/").slice(0, -1);
    const parents = above.map((_, index) => directory(above.slice(0, index + 1).join("/")));
    const entry = file(path, "");
    const added = apply(at, { upserts: [...parents, entry], deletions: [] });
    await expect(added).rejects.toMatchObject({ code: "PROTECTED" });
    await expect(apply(at, { upserts: [], deletions: [path] })).rejects.toMatchObject({ code: "PROTECTED" });
  });

  it("takes .gitignore, .github and git for ordinary names", async () => {
    const at = await scene({ keep: { content: "" } });
    const upserts = [file(".github", ""), file(".gitignore", ""), file("git", "")];
    expect((await apply(at, { upserts, deletions: [] })).counts.added).toBe(3);
  });

  it("refuses to delete every file, and says so", async () => {
    const at = await scene({ a: { content: "" }, "d/b": { link: "x" } });
    const applied = apply(at, { upserts: [], deletions: ["a", "d", "d/b"] });
    await expect(applied).rejects.toMatchObject({ code: "DELETES_ALL" });
    expect(readdirSync(at.root).sort()).toEqual([".sloth", "a", "d"]);
  });

  it("removes the last directory of a workspace that has no files", async () => {
    const at = await scene({ d: { directory: true } });
    expect((await apply(at, { upserts: [], deletions: ["d"] })).counts.deleted).toBe(1);
  });

  it.each<[string, Changeset]>([
    ["deletes the root", { upserts: [], deletions: [""] }],
    ["deletes what was never sent", { upserts: [], deletions: ["mine"] }],
    ["deletes a directory that is not empty", { upserts: [], deletions: ["d"] }],
    ["writes below a file", { upserts: [file("keep/x", "")], deletions: [] }],
    ["writes below a link of its own", { upserts: [symlink("l", "d"), file("l/x", "")], deletions: [] }],
    ["writes outside", { upserts: [file("../x", "")], deletions: [] }],
  ])("refuses a changeset that %s", async (_, changeset) => {
    const at = await scene({ keep: { content: "" }, "d/x": { content: "" } });
    writeFileSync(join(at.root, "mine"), "");
    const before = readTree(at.root);
    await expect(apply(at, changeset)).rejects.toMatchObject({ code: "BAD_CHANGESET" });
    expect(readTree(at.root)).toEqual(before);
  });

  it("touches nothing when a content is missing", async () => {
    const at = await scene({ a: { content: "a" } });
    const applied = apply(at, { upserts: [file("b", "b")], deletions: ["a"] });
    await expect(applied).rejects.toMatchObject({ name: "WorkspaceError" });
    expect(readdirSync(at.root)).toContain("a");
  });

  it("stops before it touches anything when it was aborted", async () => {
    const at = await scene({ a: { content: "a" } });
    const signal = AbortSignal.abort(new Error("enough"));
    const changeset = { upserts: [file("e", "")], deletions: [] };
    await expect(at.workspace.apply({ base: at.base, changeset, signal })).rejects.toThrow("enough");
    expect(readdirSync(at.root)).not.toContain("e");
  });

  it("gives exact modes whatever the umask, and keeps a directory's setgid bit", async () => {
    const at = await scene({ keep: { content: "" }, d: { directory: true } });
    chmodSync(join(at.root, "d"), 0o2755);
    const base = await at.workspace.snapshot();
    const umask = process.umask(0o077);
    const upserts = [
      directory("d", 0o777),
      directory("e", 0o777),
      file("e/f", "", 0o666),
      file("g", "", 0o777),
    ];
    await at.workspace
      .apply({ base, changeset: { upserts, deletions: [] } })
      .finally(() => process.umask(umask));
    const modes = ["d", "e", "e/f", "g"].map((path) => statSync(join(at.root, path)).mode & 0o7777);
    expect(modes).toEqual([0o2777, 0o777, 0o666, 0o777]);
  });

  it("changes what is in read-only directories and leaves them read-only, as their owner", async () => {
    const at = await scene({
      "d/e/old": { content: "old" },
      "d/gone/x": { content: "x" },
      "d/gone": { directory: true, mode: 0o555 },
      "d/e": { directory: true, mode: 0o555 },
      d: { directory: true, mode: 0o555 },
    });
    const owned = spawnSync("find", [at.root], { encoding: "utf8" }).stdout.trim().split("\n");
    const entry = file("d/e/new", "new");
    const contents = await received([[entry, "new"]]);
    chownSync(join(contents.pathOf(entry.digest ?? "") ?? "", ".."), 65534, 65534);
    chownSync(join(contents.pathOf(entry.digest ?? "") ?? "", "../.."), 65534, 65534);
    chownSync(contents.pathOf(entry.digest ?? "") ?? "", 65534, 65534);
    const base = await at.workspace.snapshot();
    const changeset = { upserts: [entry], deletions: ["d/e/old", "d/gone", "d/gone/x"] };
    chownSync(join(at.root, ".."), 65534, 65534);
    const result = await asOrdinaryUser(owned, () => at.workspace.apply({ base, changeset, contents }));
    expect(result).toMatchObject({ conflicts: [], counts: { added: 1, deleted: 3 } });
    expect(readTree(at.root)).toEqual(["d/ 555", "d/e/ 555", expect.stringMatching(/^d\/e\/new 644/)]);
  });

  it("undoes everything when a step in the middle fails", async () => {
    const at = await scene({
      "a/file": { content: "becomes a directory" },
      "b/x": { content: "makes way for a file" },
      c: { content: "modified" },
      closed: { directory: true },
      "y/deep/z": { content: "deleted" },
      "y/deep": { directory: true, mode: 0o555 },
      z: { link: "c" },
    });
    const before = readTree(at.root);
    const owned = spawnSync("find", [at.root, "-not", "-name", "closed"], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    const base = await at.workspace.snapshot();
    const upserts = [
      directory("a/file"),
      file("a/file/new", "", 0o600),
      file("b", ""),
      file("c", ""),
      file("closed/new", ""),
      file("new", ""),
    ];
    const changeset = { upserts, deletions: ["b/x", "y", "y/deep", "y/deep/z", "z"] };
    chownSync(join(at.root, ".."), 65534, 65534);
    const applied = asOrdinaryUser(owned, () => at.workspace.apply({ base, changeset }));
    await expect(applied).rejects.toMatchObject({ code: "IO_FAILED" });
    await expect(applied).rejects.toThrow("The directory is as it was before.");
    expect(readTree(at.root)).toEqual(before);
    expect(stagedIn(at.root)).toEqual([]);
  });
});

describe("the last look before a rename", () => {
  it.each(["changed", "gone"])(
    "finds a file that is %s since it was judged, and undoes what was done",
    async (how) => {
      const at = await scene({ a: { content: "a" }, z: { content: "z" }, keep: { content: "" } });
      const onStep = (name: string) => {
        if (name !== "remove a") return;
        if (how === "gone") return rmSync(join(at.root, "a"));
        writeFileSync(join(at.root, "a.new"), "changed");
        renameSync(join(at.root, "a.new"), join(at.root, "a"));
      };
      const changeset = { upserts: [], deletions: ["a", "z"] };
      const applied = at.workspace.apply({ base: at.base, changeset, onStep });
      await expect(applied).rejects.toMatchObject({ code: "FILE_CHANGED", path: "a" });
      if (how === "changed") expect(readFileSync(join(at.root, "a"), "utf8")).toBe("changed");
      expect(readFileSync(join(at.root, "z"), "utf8")).toBe("z");
      expect(stagedIn(at.root)).toEqual([]);
    },
  );
});
