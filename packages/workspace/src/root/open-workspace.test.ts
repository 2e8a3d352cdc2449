import { spawnSync } from "node:child_process";
import { once } from "node:events";
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
import { tryAcquireLock } from "../lock/process-lock.js";
import { diffManifests } from "../manifest/diff.js";
import { built, startChild } from "../testing/child.js";
import { directory, file, manifest } from "../testing/entries.js";
import { asOrdinaryUser } from "../testing/ordinary-user.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { transfer } from "../testing/transfer.js";
import { writeTree } from "../testing/tree.js";
import { openWorkspace } from "./open-workspace.js";
import { processMark } from "./process-mark.js";

describe("opening a workspace", () => {
  it("works with a umask that takes rights from the owner", async () => {
    const root = temporaryDirectory();
    writeTree(root, { keep: { content: "k" }, d: { directory: true } });
    const umask = process.umask(0o177);
    try {
      await asOrdinaryUser([root, join(root, "keep"), join(root, "d")], async () => {
        const workspace = await openWorkspace(root);
        const base = await workspace.snapshot();
        const [d, keep] = base.manifest.entries;
        const touched = { ...(keep ?? file("keep", "k")), mode: 0o755 };
        const upserts = [directory("d/e/f"), directory("e"), file("e/f", ""), touched];
        const changeset = { upserts: [directory("d/e"), ...upserts], deletions: [] };
        expect(d?.kind).toBe("directory");
        expect((await workspace.apply({ base, changeset })).conflicts).toEqual([]);
      });
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(root, "d/e/f")).mode & 0o777).toBe(0o755);
    expect(statSync(join(root, "keep")).mode & 0o777).toBe(0o755);
  });

  it("makes a directory for its state that git and snapshots leave out", async () => {
    const root = temporaryDirectory();
    const workspace = await openWorkspace(root);
    expect(readFileSync(join(root, ".sloth/.gitignore"), "utf8")).toBe("*\n");
    expect((await workspace.snapshot()).manifest.entries).toEqual([]);
    expect(readdirSync(join(root, ".sloth")).sort()).toEqual([
      ".gitignore",
      "index",
      "staging",
      "workspace-id",
    ]);
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

  it("waits for another process that works in the directory, or in one above that is a workspace", async () => {
    const parent = temporaryDirectory();
    writeTree(parent, { "inner/f": { content: "" } });
    const [above, inner] = [await openWorkspace(parent), await openWorkspace(join(parent, "inner"))];
    const child = startChild(`
      import { acquireLock } from ${JSON.stringify(built("lock/process-lock.js"))};
      await acquireLock(${JSON.stringify(join(parent, ".sloth/lock"))});
      process.send("locked");
      setInterval(() => undefined, 1000);`);
    await once(child, "message");
    const pids: number[] = [];
    const onWait = (pid: number) => {
      pids.push(pid);
      if (pids.length === 1) child.kill("SIGKILL");
    };
    await inner.snapshot({ onWait });
    await above.snapshot({ onWait });
    expect(pids).toEqual([child.pid]);
    const signal = AbortSignal.timeout(100);
    const lock = tryAcquireLock(join(parent, "inner/.sloth/lock"));
    await expect(inner.snapshot({ signal })).rejects.toThrow("timeout");
    lock?.release();
  });

  it("does not let a snapshot of a directory see an apply below it", async () => {
    const parent = temporaryDirectory();
    writeTree(parent, { "inner/keep": { content: "" } });
    const inner = await openWorkspace(join(parent, "inner"));
    const above = await openWorkspace(parent);
    const base = await inner.snapshot();
    const upserts = Array.from({ length: 300 }, (_, index) => file(`f${String(index).padStart(3, "0")}`, ""));
    const applied = inner.apply({ base, changeset: { upserts, deletions: [] } });
    const seen = await above.snapshot();
    expect(seen.manifest.entries).toHaveLength(302);
    await applied;
  });

  it("refuses a snapshot of another directory", async () => {
    const workspace = await openWorkspace(temporaryDirectory());
    const other = await (await openWorkspace(temporaryDirectory())).snapshot();
    const applied = workspace.apply({ base: other, changeset: { upserts: [], deletions: [] } });
    await expect(applied).rejects.toMatchObject({ code: "BAD_CHANGESET" });
  });
});
