import { lstatSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { captureChanges } from "../snapshot/capture-changes.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { digestOf } from "../testing/archive.js";
import { deepFile, directory, file, manifest, symlink } from "../testing/entries.js";
import { asOrdinaryUser } from "../testing/ordinary-user.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { transfer } from "../testing/transfer.js";
import { readTree, writeTree } from "../testing/tree.js";
import { layOut } from "./lay-out.js";

async function copyOf(from: string, to: string) {
  const { manifest } = await takeSnapshot(from);
  return layOut(manifest, await transfer(from, manifest.entries, `${to}-staging`), to);
}

describe("laying out a tree", () => {
  it("gives modes exactly, whatever the umask", async () => {
    const base = temporaryDirectory();
    writeTree(join(base, "from"), {
      open: { content: "x", mode: 0o777 },
      empty: { content: "", mode: 0o666 },
      closed: { content: "y", mode: 0o400 },
      dir: { directory: true, mode: 0o777 },
    });
    const umask = process.umask(0o077);
    try {
      await copyOf(join(base, "from"), join(base, "to"));
    } finally {
      process.umask(umask);
    }
    expect(readTree(join(base, "to"))).toEqual(readTree(join(base, "from")));
  });

  it("fills directories that are read-only, as a user whom that stops", async () => {
    const base = temporaryDirectory();
    writeTree(join(base, "from"), {
      "locked/deep": { directory: true, mode: 0o555 },
      "locked/file": { content: "x", mode: 0o444 },
      locked: { directory: true, mode: 0o555 },
    });
    await asOrdinaryUser([base], () => copyOf(join(base, "from"), join(base, "to")));
    expect(readTree(join(base, "to"))).toEqual(readTree(join(base, "from")));
  });

  it("refuses a path that is too long below the root before it makes anything", async () => {
    const root = join(temporaryDirectory(), "to");
    const entries = deepFile();
    const laidOut = layOut(manifest(...entries), undefined, root);
    await expect(laidOut).rejects.toMatchObject({ code: "BAD_PATH", path: entries.at(-1)?.path });
    expect(readTree(root)).toEqual([]);
  });

  it("gives equal files inodes of their own", async () => {
    const base = temporaryDirectory();
    writeTree(join(base, "from"), { a: { content: "same" }, b: { content: "same" }, c: { content: "same" } });
    await copyOf(join(base, "from"), join(base, "to"));
    const inodes = ["a", "b", "c"].map((name) => statSync(join(base, "to", name)));
    expect(new Set(inodes.map((stats) => stats.ino)).size).toBe(3);
    expect(inodes.map((stats) => stats.nlink)).toEqual([1, 1, 1]);
    expect(readFileSync(join(base, "to/c"), "utf8")).toBe("same");
  });

  it.each([0, 1, -1, -1_500_000, 1_764_000_000_123_456, 4_102_444_800_000_001])(
    "keeps the time %i µs",
    async (us) => {
      const root = join(temporaryDirectory(), "to");
      await layOut(manifest(file("f", "", 0o644, us)), await transfer("/", []), root);
      expect((await takeSnapshot(root)).manifest.entries).toEqual([file("f", "", 0o644, us)]);
    },
  );

  it("sees an edit right after it that keeps size and time", async () => {
    for (let round = 0; round < 20; round++) {
      const base = temporaryDirectory();
      writeTree(join(base, "from"), { f: { content: "one" } });
      const snapshot = await copyOf(join(base, "from"), join(base, "to"));
      const { atime, mtime } = lstatSync(join(base, "to/f"));
      writeFileSync(join(base, "to/f"), "two");
      utimesSync(join(base, "to/f"), atime, mtime);
      expect((await captureChanges(snapshot)).changeset.upserts.map((entry) => entry.digest)).toEqual([
        digestOf("two"),
      ]);
    }
  });

  it("needs not read an untouched tree to see that nothing changed", async () => {
    const base = temporaryDirectory();
    writeTree(join(base, "from"), { f: { content: "one" }, g: { content: "" } });
    const snapshot = await copyOf(join(base, "from"), join(base, "to"));
    expect(["f", "g"].map((path) => snapshot.identities.get(path))).not.toContain(undefined);
    expect((await captureChanges(snapshot)).changeset).toEqual({ upserts: [], deletions: [] });
  });

  it("carries links that leave the tree as they are and follows none", async () => {
    const base = temporaryDirectory();
    mkdirSync(join(base, "from"));
    writeTree(join(base, "from"), {
      abs: { link: "/etc/passwd" },
      up: { link: "../../.." },
      f: { content: "x" },
    });
    await copyOf(join(base, "from"), join(base, "to"));
    expect(readTree(join(base, "to"))).toEqual(readTree(join(base, "from")));
  });

  it("refuses a directory that is not empty", async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "mine"), "");
    const laid = layOut(manifest(), await transfer("/", []), root);
    await expect(laid).rejects.toMatchObject({ code: "NOT_EMPTY" });
  });

  it("refuses, before it makes anything, a manifest whose contents were not received", async () => {
    const root = join(temporaryDirectory(), "to");
    const laid = layOut(manifest(directory("d"), file("f", "x")), await transfer("/", []), root);
    await expect(laid).rejects.toMatchObject({ code: "MISSING_CONTENT", path: "f" });
    expect(readTree(root)).toEqual([]);
  });

  it("refuses what a snapshot never holds, since it could not be captured", async () => {
    const root = join(temporaryDirectory(), "to");
    const laid = layOut(
      manifest(directory(".sloth"), symlink(".sloth/x", "x")),
      await transfer("/", []),
      root,
    );
    await expect(laid).rejects.toMatchObject({ code: "PROTECTED", path: ".sloth" });
  });
});
