import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf } from "../testing/archive.js";
import { directory, file, symlink } from "../testing/entries.js";
import { asOrdinaryUser } from "../testing/ordinary-user.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { writeTree } from "../testing/tree.js";
import { captureChanges } from "./capture-changes.js";
import { identityOf } from "./file-identity.js";
import { indexOf, makeSnapshot, type Snapshot } from "./snapshot.js";
import { takeSnapshot } from "./take-snapshot.js";

/** As if the snapshot had been taken long after the last change: every file is known by its identity. */
function trusting(base: Snapshot, manifest = base.manifest): Snapshot {
  const identify = (path: string) => identityOf(statSync(join(base.root, path), { bigint: true }));
  return makeSnapshot({ root: base.root, ...indexOf(manifest, identify) });
}

/** What changed, of {@link captureChanges}. */
async function changesOf(base: Snapshot) {
  return (await captureChanges(base)).changeset;
}

async function tick(root: string): Promise<void> {
  const before = statSync(root, { bigint: true }).ctimeNs;
  while (statSync(root, { bigint: true }).ctimeNs === before) {
    utimesSync(root, 1, 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a snapshot", () => {
  it("lists files, directories and symlinks in tree order with what is carried of them", async () => {
    const root = temporaryDirectory();
    writeTree(root, {
      "a/x": { content: "x", mode: 0o640, mtimeMs: 1500 },
      "a!": { content: "", mtimeMs: 1000 },
      "a/empty": { directory: true, mode: 0o700 },
      link: { link: "a/x" },
      dangling: { link: "nowhere" },
    });
    chmodSync(join(root, "a"), 0o755);
    expect((await takeSnapshot(root)).manifest.entries).toEqual([
      directory("a"),
      directory("a/empty", 0o700),
      file("a/x", "x", 0o640, 1_500_000),
      file("a!", "", 0o644, 1_000_000),
      symlink("dangling", "nowhere"),
      symlink("link", "a/x"),
    ]);
  });

  it("leaves .git and .sloth out at any depth, as directory or file", async () => {
    const root = temporaryDirectory();
    writeTree(root, {
      ".git/config": { content: "" },
      ".sloth/x": { content: "" },
      "sub/.git": { content: "gitdir: elsewhere" },
      "sub/.sloth/x": { content: "" },
      ".gitignore": { content: "" },
    });
    const { manifest } = await takeSnapshot(root);
    expect(manifest.entries.map((entry) => entry.path)).toEqual([".gitignore", "sub"]);
  });

  it("does not follow a symlink to a directory", async () => {
    const root = temporaryDirectory();
    symlinkSync("/", join(root, "all"));
    expect((await takeSnapshot(root)).manifest.entries).toEqual([symlink("all", "/")]);
  });

  it("skips a FIFO and a socket and names them, without waiting for a writer", async () => {
    const root = temporaryDirectory();
    spawnSync("mkfifo", [join(root, "pipe")]);
    const snapshot = await takeSnapshot(root);
    expect(snapshot.skipped).toEqual(["pipe"]);
    expect(snapshot.manifest.entries).toEqual([]);
  });

  it("takes a symlink to the root for the root", async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, "real"));
    symlinkSync("real", join(root, "link"));
    expect((await takeSnapshot(join(root, "link"))).root).toBe(join(root, "real"));
  });

  it.each([
    ["a backslash", Buffer.from("a\\b")],
    ["bytes that are no UTF-8", Buffer.from([0x61, 0xff])],
    ["a drive prefix", Buffer.from("c:")],
  ])("refuses a name with %s", async (_, name) => {
    const root = temporaryDirectory();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), "");
    await expect(takeSnapshot(root)).rejects.toMatchObject({ code: "BAD_PATH" });
  });

  it("takes names with newlines, U+FFFD and escapes, which are valid", async () => {
    const root = temporaryDirectory();
    writeTree(root, { "a\nb": { content: "" }, "\ufffd": { content: "" }, "\x1b[2J": { content: "" } });
    expect((await takeSnapshot(root)).manifest.entries).toHaveLength(3);
  });

  it("names a file that cannot be read", async () => {
    const root = temporaryDirectory();
    writeTree(root, { "d/secret": { content: "x", mode: 0o000 } });
    const taken = asOrdinaryUser([root, join(root, "d"), join(root, "d/secret")], () => takeSnapshot(root));
    await expect(taken).rejects.toMatchObject({ code: "UNREADABLE", path: "d/secret" });
    await expect(taken).rejects.toThrow(
      'Cannot read "d/secret": EACCES: permission denied. Make it readable',
    );
  });

  it("names a directory that cannot be read", async () => {
    const root = temporaryDirectory();
    writeTree(root, { closed: { directory: true, mode: 0o000 } });
    const taken = asOrdinaryUser([root, join(root, "closed")], () => takeSnapshot(root));
    await expect(taken).rejects.toMatchObject({ code: "UNREADABLE", path: "closed" });
  });

  it.each(["missing", "file"])("refuses a root that is %s", async (name) => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "file"), "");
    await expect(takeSnapshot(join(root, name))).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
  });

  it("stops with the reason of the signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(takeSnapshot(temporaryDirectory(), { signal })).rejects.toThrow("enough");
  });

  it("lets the event loop turn while it reads", async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "large"), Buffer.alloc(64 * 2 ** 20));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await takeSnapshot(root);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe("capturing changes", () => {
  it("finds nothing where nothing changed", async () => {
    const root = temporaryDirectory();
    writeTree(root, { "a/b": { content: "x" }, l: { link: "a" } });
    expect(await changesOf(await takeSnapshot(root))).toEqual({ upserts: [], deletions: [] });
  });

  it("sees an edit that keeps the size and sets the time back", async () => {
    const root = temporaryDirectory();
    writeTree(root, { f: { content: "one", mtimeMs: 5000 } });
    const base = trusting(await takeSnapshot(root));
    await tick(root);
    writeTree(root, { f: { content: "two", mtimeMs: 5000 } });
    expect(await changesOf(base)).toEqual({
      upserts: [file("f", "two", 0o644, 5_000_000)],
      deletions: [],
    });
  });

  it("sees such an edit in the clock tick of the snapshot", async () => {
    const root = temporaryDirectory();
    for (const content of ["one", "two", "six", "ten"]) {
      const base = await takeSnapshot(root);
      writeTree(root, { f: { content, mtimeMs: 5000 } });
      expect((await changesOf(base)).upserts.map((entry) => entry.digest)).toEqual([digestOf(content)]);
    }
  });

  it("does not read a file whose identity is as it was", async () => {
    const root = temporaryDirectory();
    writeTree(root, { f: { content: "x", mode: 0o600 } });
    const base = await takeSnapshot(root);
    const entries = base.manifest.entries.map((entry) => ({ ...entry, digest: "0".repeat(64) }));
    expect(await changesOf(trusting(base, { entries }))).toEqual({ upserts: [], deletions: [] });
  });

  it("sees a file that was replaced by another with the same size and time", async () => {
    const root = temporaryDirectory();
    writeTree(root, { f: { content: "one", mtimeMs: 5000 }, "g/f": { content: "two", mtimeMs: 5000 } });
    const base = trusting(await takeSnapshot(root));
    renameSync(join(root, "g/f"), join(root, "f"));
    expect(await changesOf(base)).toEqual({
      upserts: [file("f", "two", 0o644, 5_000_000)],
      deletions: ["g/f"],
    });
  });

  it("sees modes, kinds, links, empty directories and deletions", async () => {
    const root = temporaryDirectory();
    writeTree(root, {
      mode: { content: "" },
      kind: { content: "" },
      link: { link: "a" },
      "gone/x": { content: "" },
    });
    const base = await takeSnapshot(root);
    chmodSync(join(root, "mode"), 0o755);
    for (const name of ["kind", "link", "gone"]) rmSync(join(root, name), { recursive: true });
    writeTree(root, { kind: { directory: true }, link: { link: "b" }, new: { directory: true } });
    const changeset = await changesOf(base);
    expect(changeset.upserts.map((entry) => entry.path)).toEqual(["kind", "link", "mode", "new"]);
    expect(changeset.deletions).toEqual(["gone", "gone/x"]);
  });
});
