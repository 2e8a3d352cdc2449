import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffManifests } from "../manifest/diff.js";
import { file, manifest } from "../testing/entries.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { transfer } from "../testing/transfer.js";
import { writeTree } from "../testing/tree.js";
import { openWorkspace } from "./open-workspace.js";
import { processMark } from "./process-mark.js";

describe("opening a workspace", () => {
  it("makes a directory for its state that git and snapshots leave out", async () => {
    const root = temporaryDirectory();
    const workspace = await openWorkspace(root);
    expect(readFileSync(join(root, ".sloth/.gitignore"), "utf8")).toBe("*\n");
    expect((await workspace.snapshot()).manifest.entries).toEqual([]);
    expect(readdirSync(join(root, ".sloth")).sort()).toEqual([".gitignore", "staging", "workspace-id"]);
  });

  it("has the same id each time, whoever opens it first", async () => {
    const root = temporaryDirectory();
    symlinkSync(root, `${root}-link`);
    const opened = await Promise.all([
      openWorkspace(root),
      openWorkspace(root),
      openWorkspace(`${root}-link`),
    ]);
    expect(new Set(opened.map((workspace) => workspace.id)).size).toBe(1);
    expect(new Set(opened.map((workspace) => workspace.root))).toEqual(new Set([root]));
    expect((await openWorkspace(temporaryDirectory())).id).not.toBe(opened[0].id);
    spawnSync("rm", [`${root}-link`]);
  });

  it("keeps a .gitignore that was changed", async () => {
    const root = temporaryDirectory();
    writeTree(root, { ".sloth/.gitignore": { content: "mine" } });
    await openWorkspace(root);
    expect(readFileSync(join(root, ".sloth/.gitignore"), "utf8")).toBe("mine");
  });

  it.each(["file", "missing"])("refuses a root that is %s", async (name) => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "file"), "");
    await expect(openWorkspace(join(root, name))).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
  });

  it.each([".sloth", ".sloth/staging"])("does not follow a symlink in the place of %s", async (path) => {
    const base = temporaryDirectory();
    mkdirSync(join(base, "root"));
    mkdirSync(join(base, "outside"));
    if (path !== ".sloth") mkdirSync(join(base, "root/.sloth"));
    symlinkSync(join(base, "outside"), join(base, "root", path));
    await expect(openWorkspace(join(base, "root"))).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
    expect(readdirSync(join(base, "outside"))).toEqual([]);
  });

  it("does not follow a symlink in the place of the id", async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, ".sloth"));
    symlinkSync("/etc/hostname", join(root, ".sloth/workspace-id"));
    await expect(openWorkspace(root)).rejects.toMatchObject({ code: "IO_FAILED" });
  });

  it("removes the staging of processes that are no more, and no other", async () => {
    const root = temporaryDirectory();
    const first = await (await openWorkspace(root)).stagingDirectory();
    const staging = join(root, ".sloth/staging");
    const { pid } = spawnSync("true");
    const uuid = "00000000-0000-4000-8000-000000000000";
    const dead = `${pid}-1-${uuid}`;
    const recycled = `${process.pid}-1-${uuid}`;
    writeTree(staging, {
      [`${dead}/0`]: { content: "x" },
      [`${recycled}/0`]: { content: "x" },
      mine: { content: "" },
    });
    symlinkSync("/", join(staging, dead, "all"));
    await openWorkspace(root);
    expect(readdirSync(staging).sort()).toEqual([first.slice(staging.length + 1), "mine"].sort());
    expect(existsSync("/etc/passwd")).toBe(true);
  });

  it("gives each caller a private directory of its own on the same file system", async () => {
    const root = temporaryDirectory();
    const workspace = await openWorkspace(root);
    const [a, b] = [await workspace.stagingDirectory(), await workspace.stagingDirectory()];
    expect(a).not.toBe(b);
    expect(a).toContain(`${root}/.sloth/staging/${processMark()}-`);
    expect(statSync(a).mode & 0o777).toBe(0o700);
    expect(lstatSync(a).dev).toBe(lstatSync(root).dev);
  });

  it("applies one after the other, also when it was opened twice, so that both changes land", async () => {
    const root = temporaryDirectory();
    const source = temporaryDirectory();
    writeTree(root, { kept: { content: "" } });
    const opened = [await openWorkspace(root), await openWorkspace(root)];
    const base = await (await openWorkspace(root)).snapshot();
    const applies = Array.from({ length: 10 }, async (_, index) => {
      const entry = file(`f${index}`, `content ${index}`);
      writeTree(source, { [entry.path]: { content: `content ${index}` } });
      const changeset = diffManifests(base.manifest, manifest(...base.manifest.entries, entry));
      const contents = await transfer(source, changeset.upserts);
      return opened[index % 2]?.apply({ base, changeset, contents });
    });
    for (const result of await Promise.all(applies))
      expect(result?.counts).toEqual({ added: 1, modified: 0, deleted: 0 });
    expect(readdirSync(root).filter((name) => /^f\d$/.test(name))).toHaveLength(10);
    expect(readdirSync(join(root, ".sloth/staging"))).toEqual([]);
  });

  it("refuses a snapshot of another directory", async () => {
    const workspace = await openWorkspace(temporaryDirectory());
    const other = await (await openWorkspace(temporaryDirectory())).snapshot();
    const applied = workspace.apply({ base: other, changeset: { upserts: [], deletions: [] } });
    await expect(applied).rejects.toMatchObject({ code: "BAD_CHANGESET" });
  });
});
