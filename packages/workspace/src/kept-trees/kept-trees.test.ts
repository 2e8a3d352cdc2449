import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScanRules } from "../snapshot/scan-tree.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { arbitraryTree } from "../testing/arbitrary-tree.js";
import { directory, manifest } from "../testing/entries.js";
import { temporaryDirectory, withTemporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, replaceTree, type Tree, writeTree } from "../testing/tree.js";
import { packContents } from "../transfer/pack-contents.js";
import { receiveContents } from "../transfer/receive-contents.js";
import { KeptTrees } from "./kept-trees.js";
import type { LeasedTree } from "./leased-tree.js";

const WORKSPACE = { id: "w", root: "/w" };
const RUNS = Number(process.env.SLOTH_PROPERTY_RUNS ?? 30);

/** Brings a leased tree to what stands in `source`; returns the paths whose contents had to travel. */
async function bring(
  tree: LeasedTree,
  source: string,
  options: { rules?: ScanRules; keepIgnored?: boolean } = {},
): Promise<string[]> {
  const wanted = await takeSnapshot(source, options.rules ? { rules: options.rules } : {});
  await tree.verify({ rules: options.rules ?? {} });
  const expected = await tree.missing(wanted.manifest);
  const contents =
    expected.count === 0
      ? undefined
      : await receiveContents(packContents(source, expected), {
          expected,
          stagingDir: tree.stagingDirectory,
        });
  await tree.update(contents, { keepIgnored: options.keepIgnored ?? false });
  await contents?.remove();
  return [...expected].map(({ path }) => path);
}

/** One attempt: a tree is leased, brought to `source`, worked in, captured and released. */
async function attempt(
  trees: KeptTrees,
  source: string,
  work: (root: string) => void = () => undefined,
  options: Parameters<typeof bring>[2] = {},
) {
  const tree = trees.lease(WORKSPACE);
  try {
    const travelled = await bring(tree, source, options);
    const seen = readTree(tree.root);
    work(tree.root);
    const { changeset } = await tree.capture();
    return { travelled, seen, changeset, root: tree.root };
  } finally {
    await tree.release();
  }
}

function setUp(tree: Tree = {}): { trees: KeptTrees; source: string; directory: string } {
  const base = temporaryDirectory();
  const source = join(base, "source");
  mkdirSync(source);
  writeTree(source, tree);
  const directory = join(base, "kept");
  return { trees: new KeptTrees(directory), source, directory };
}

describe("a kept tree", () => {
  it("becomes exactly what is asked for, whatever it was and whatever a task did in it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(arbitraryTree, arbitraryTree), { minLength: 2, maxLength: 4 }),
        (steps) =>
          withTemporaryDirectory(async (base) => {
            const trees = new KeptTrees(join(base, "kept"));
            for (const [number, [wanted, mess]] of steps.entries()) {
              const source = join(base, `source-${number}`);
              mkdirSync(source);
              writeTree(source, wanted);
              const { seen } = await attempt(trees, source, (root) => replaceTree(root, mess));
              expect(seen).toEqual(readTree(source));
            }
          }),
      ),
      { numRuns: RUNS },
    );
  });

  it("is not kept where there is nothing in it, nor what is ignored in it", async () => {
    const { trees, source } = setUp({ a: { content: "left out" } });
    const work = (root: string) => writeFileSync(join(root, "large"), "made there");
    const { root } = await attempt(trees, source, work, { rules: { patterns: ["*"] } });
    expect(existsSync(root)).toBe(false);
    expect(trees.holds(WORKSPACE)).toBe(false);
    const kept = await attempt(trees, source, work, { rules: { patterns: ["*"] }, keepIgnored: true });
    expect(readFileSync(join(kept.root, "large"), "utf8")).toBe("made there");
  });

  it("is known to be held, and counted", async () => {
    const { trees, source } = setUp({ a: { content: "12345" } });
    expect(trees.holds(WORKSPACE)).toBe(false);
    expect(trees.sizeBytes()).toBe(0);
    await attempt(trees, source);
    expect(trees.holds(WORKSPACE)).toBe(true);
    expect(trees.holds({ ...WORKSPACE, id: "other" })).toBe(false);
    expect(trees.sizeBytes()).toBe(5);
  });

  it("needs nothing when nothing changed, and stays where it is", async () => {
    const { trees, source } = setUp({ "a/b": { content: "1" }, c: { content: "2" } });
    const first = await attempt(trees, source);
    const second = await attempt(trees, source);
    expect(first.travelled).toEqual(["a/b", "c"]);
    expect(second.travelled).toEqual([]);
    expect(second.root).toBe(first.root);
  });

  it("needs only what is new: not for a rename, a mode, or a way back to what it was", async () => {
    const { trees, source } = setUp({ a: { content: "1" }, b: { content: "2" } });
    await attempt(trees, source);
    renameSync(join(source, "a"), join(source, "renamed"));
    expect((await attempt(trees, source)).travelled).toEqual([]);
    writeTree(source, { b: { content: "2", mode: 0o755 } });
    expect((await attempt(trees, source)).travelled).toEqual([]);
    writeTree(source, { b: { content: "3" } });
    expect((await attempt(trees, source)).travelled).toEqual(["b"]);
    writeTree(source, { b: { content: "2" } });
    const back = await attempt(trees, source);
    expect(back.travelled).toEqual([]);
    expect(back.seen).toEqual(readTree(source));
  });

  it("needs nothing for what its own task made and the master took over", async () => {
    const { trees, source } = setUp({ a: { content: "1" } });
    await attempt(trees, source, (root) => writeTree(root, { made: { content: "new" } }));
    writeTree(source, { made: { content: "new" } });
    expect((await attempt(trees, source)).travelled).toEqual([]);
  });

  it("is one of its own for each of several attempts; what one has, another need not receive", async () => {
    const { trees, source } = setUp({ a: { content: "1" } });
    const one = trees.lease(WORKSPACE);
    await bring(one, source);
    await one.capture();
    const two = trees.lease(WORKSPACE);
    expect(two.root).not.toBe(one.root);
    expect(await bring(two, source)).toEqual([]);
    appendFileSync(join(one.root, "a"), "changed");
    expect(readFileSync(join(two.root, "a"), "utf8")).toBe("1");
    await two.capture();
    const three = trees.lease(WORKSPACE);
    rmSync(two.root, { recursive: true });
    // What the first has under that name now is something else.
    expect(await bring(three, source)).toEqual(["a"]);
    for (const tree of [one, two, three]) await tree.release();
  });

  it("is not shared between workspaces", async () => {
    const { trees, source } = setUp({ a: { content: "1" } });
    await attempt(trees, source);
    const other = trees.lease({ ...WORKSPACE, root: "/copy" });
    expect((await other.verify({})).entries).toBe(0);
    await other.release();
  });

  it("is taken up by the next process, and that of a dead one too", async () => {
    const { trees, source, directory } = setUp({ a: { content: "1" } });
    await attempt(trees, source);
    expect((await attempt(new KeptTrees(directory), source)).travelled).toEqual([]);
  });

  it("of a process that was killed loses what it had half done, and one that is in use does not", async () => {
    const { trees, source, directory } = setUp({ a: { content: "1" } });
    const { root } = await attempt(trees, source);
    const home = dirname(root);
    mkdirSync(join(home, "lock"));
    writeFileSync(join(home, `lock/999999999-1-${randomUUID()}`), "");
    writeFileSync(join(home, `index.${randomUUID()}`), "half");
    mkdirSync(join(home, "received"));
    writeFileSync(join(home, "received/0"), "half");
    const used = new KeptTrees(directory).lease({ id: "other", root: "/w" });
    mkdirSync(used.stagingDirectory);

    await new KeptTrees(directory).freeSpace();

    expect(readdirSync(home).sort()).toEqual(["about.json", "index", "tree"]);
    expect(existsSync(used.stagingDirectory)).toBe(true);
    await used.release();
    expect((await attempt(trees, source)).travelled).toEqual([]);
  });

  it("of a process that was killed while it took it loses the draft of its lock", async () => {
    const { trees, source, directory } = setUp({ a: { content: "1" } });
    const { root } = await attempt(trees, source);
    const draft = `999999999-1-${randomUUID()}`;
    mkdirSync(join(dirname(root), `lock.${draft}`));
    writeFileSync(join(dirname(root), `lock.${draft}`, draft), "");
    await new KeptTrees(directory).freeSpace();
    expect(readdirSync(dirname(root)).sort()).toEqual(["about.json", "index", "tree"]);
  });

  it("notices an edit behind its back that keeps size and time", async () => {
    const { trees, source } = setUp({ a: { content: "one", mtimeMs: 5000 } });
    const { root } = await attempt(trees, source);
    writeTree(root, { a: { content: "two", mtimeMs: 5000 } });
    const next = await attempt(trees, source);
    expect(next.seen).toEqual(readTree(source));
  });

  it.each([
    ["of garbage", "garbage"],
    ["that is empty", ""],
  ])("is read anew when its index is a file %s", async (_, text) => {
    const { trees, source } = setUp({ a: { content: "1" } });
    const { root } = await attempt(trees, source);
    writeFileSync(join(root, "../index"), text);
    const next = await attempt(trees, source);
    expect(next.travelled).toEqual([]);
    expect(next.seen).toEqual(readTree(source));
  });

  it("does not write into a file that something outside has a link to", async () => {
    const { trees, source } = setUp({ a: { content: "1" }, b: { content: "1" } });
    const outside = join(source, "../outside");
    const { root } = await attempt(trees, source, (tree) => {
      linkSync(join(tree, "a"), outside);
    });
    writeTree(source, { a: { content: "1", mode: 0o600 }, b: { content: "2" } });
    const before = statSync(outside, { bigint: true });
    await attempt(trees, source);
    const after = statSync(outside, { bigint: true });
    expect([after.ino, after.mode, after.mtimeNs]).toEqual([before.ino, before.mode, before.mtimeNs]);
    expect(statSync(join(root, "a")).mode & 0o777).toBe(0o600);
  });

  it("does not follow a link that a task put in a directory's place", async () => {
    const { trees, source } = setUp({ "d/a": { content: "1" } });
    const outside = join(source, "../outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "a"), "theirs");
    await attempt(trees, source, (root) => {
      rmSync(join(root, "d"), { recursive: true });
      symlinkSync(outside, join(root, "d"));
    });
    writeTree(source, { "d/a": { content: "2" }, "d/b": { content: "3" } });
    expect((await attempt(trees, source)).seen).toEqual(readTree(source));
    expect(readdirSync(outside)).toEqual(["a"]);
    expect(readFileSync(join(outside, "a"), "utf8")).toBe("theirs");
  });

  it("loses what is ignored before the next attempt, unless it is to be kept", async () => {
    const { trees, source } = setUp({ ".slothignore": { content: "cache/\n" }, a: { content: "1" } });
    const fill = (root: string) => writeTree(root, { "cache/x": { content: "made here" } });
    const { root, changeset } = await attempt(trees, source, fill);
    expect(changeset).toEqual({ upserts: [], deletions: [] });
    await attempt(trees, source, undefined, { keepIgnored: true });
    expect(existsSync(join(root, "cache/x"))).toBe(true);
    const cleared = await attempt(trees, source);
    expect(cleared.seen).toEqual(readTree(source));
  });

  it("keeps what was sent out of reach of ignore rules that a task writes", async () => {
    const { trees, source } = setUp({ a: { content: "1" } });
    const { changeset } = await attempt(trees, source, (root) => {
      writeTree(root, { ".slothignore": { content: "a\nnew\n" }, a: { content: "2" }, new: { content: "" } });
    });
    expect(changeset.upserts.map(({ path }) => path)).toEqual([".slothignore", "a"]);
    expect(changeset.deletions).toEqual([]);
  });

  it("is never given sloth's own state, which no scan would find again", async () => {
    const { trees } = setUp();
    const tree = trees.lease(WORKSPACE);
    await tree.verify({});
    await tree.missing(manifest(directory(".sloth")));
    await expect(tree.update(undefined)).rejects.toMatchObject({ code: "PROTECTED", path: ".sloth" });
    expect(readdirSync(tree.root)).toEqual([]);
    await tree.release();
  });

  it("starts anew when it cannot be read", async () => {
    const { trees, source } = setUp({ a: { content: "1" } });
    const { root } = await attempt(trees, source);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), "");
    const next = await attempt(trees, source);
    expect(next.seen).toEqual(readTree(source));
  });
});

describe("the store of contents", () => {
  it("gives nothing out that is not what its digest says", async () => {
    const { trees, source, directory } = setUp({ a: { content: "1" } });
    await attempt(trees, source);
    writeTree(source, { a: { content: "2" } });
    await attempt(trees, source);
    const [prefix] = readdirSync(join(directory, "store"));
    const [rest] = readdirSync(join(directory, "store", prefix ?? ""));
    writeFileSync(join(directory, "store", prefix ?? "", rest ?? ""), "x");
    writeTree(source, { a: { content: "1" } });
    await expect(attempt(trees, source)).rejects.toMatchObject({ code: "MISSING_CONTENT" });
    const next = await attempt(trees, source);
    expect(next.travelled).toEqual(["a"]);
    expect(next.seen).toEqual(readTree(source));
  });

  it("and the trees count what a process has left that was killed, and lose what was on its way", async () => {
    const { source, directory } = setUp({ a: { content: "x".repeat(1000) } });
    const trees = new KeptTrees(directory, { capacityBytes: 2000 });
    const { root } = await attempt(trees, source);
    const tree = join(root, "..");
    rmSync(join(tree, "about.json"));
    // Of this process's number, and of another time.
    mkdirSync(join(tree, "lock"));
    writeFileSync(join(tree, "lock", `${process.pid}-1-${randomUUID()}`), "");
    for (const name of ["received", "gathered"]) {
      mkdirSync(join(tree, name));
      writeFileSync(join(tree, name, "part"), "x".repeat(5000));
    }
    expect(trees.sizeBytes()).toBe(0);
    await trees.freeSpace();
    expect(readdirSync(tree).sort()).toEqual(["about.json", "index", "tree"]);
    expect(trees.sizeBytes()).toBe(1000);
    await new KeptTrees(directory, { capacityBytes: 500 }).freeSpace();
    expect(existsSync(root)).toBe(false);
  });

  it("and the trees are within their capacity some time after the last one was released", async () => {
    const { source, directory } = setUp({ a: { content: "x".repeat(1000) } });
    const trees = new KeptTrees(directory, { capacityBytes: 500, freeingIntervalMs: 1000 });
    const { root } = await attempt(trees, source);
    await expect.poll(() => existsSync(root), { timeout: 20_000 }).toBe(false);
  });

  it("and the trees keep to their capacity, and lose first what was used least recently", async () => {
    const { source, directory } = setUp();
    const trees = new KeptTrees(directory, { capacityBytes: 250_000 });
    for (const [number, name] of ["one", "two", "three"].entries()) {
      replaceTree(source, { [name]: { content: name.repeat(30_000) } });
      const tree = trees.lease({ id: name, root: "/w" });
      await bring(tree, source);
      await tree.capture();
      await tree.release();
      const about = join(tree.root, "../about.json");
      utimesSync(about, 1000 + number, 1000 + number);
    }
    const inUse = trees.lease({ id: "two", root: "/w" });
    await trees.freeSpace();
    const held = (id: string) => {
      const tree = trees.lease({ id, root: "/w" });
      return tree.verify({}).then(async ({ entries }) => {
        await tree.release();
        return entries;
      });
    };
    expect(await held("one")).toBe(0);
    expect(await held("three")).toBe(1);
    expect((await inUse.verify({})).entries).toBe(1);
    await inUse.release();
  });
});
