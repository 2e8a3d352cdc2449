import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WorkspaceError } from "../errors.js";
import { diffManifests } from "../manifest/diff.js";
import { openWorkspace } from "../root/open-workspace.js";
import { digestOf } from "../testing/archive.js";
import { file, manifest } from "../testing/entries.js";
import { about, keep } from "../testing/kept.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, type Tree, writeTree } from "../testing/tree.js";
import { listKept } from "./list-kept.js";
import { loadChanges } from "./load-changes.js";
import { saveChanges } from "./save-changes.js";
import { discardChanges, markApplied } from "./settle-kept.js";

const mtimeMs = 1_600_000_000_000;
const before: Tree = {
  gone: { content: "gone", mtimeMs },
  kept: { content: "kept", mtimeMs },
  changed: { content: "one", mtimeMs },
};
const after: Tree = {
  kept: { content: "kept", mtimeMs },
  changed: { content: "two", mode: 0o755, mtimeMs },
  "new/a": { content: "same", mtimeMs },
  "new/b": { content: "same", mtimeMs },
  "new/empty": { content: "", mtimeMs },
  link: { link: "kept" },
};

async function applyKept(root: string, directory: string) {
  const kept = await loadChanges(directory);
  const workspace = await openWorkspace(root);
  const contents = await kept.stageContents(await workspace.stagingDirectory());
  const base = { root: workspace.root, manifest: kept.base, skipped: [], identities: new Map() };
  try {
    return await workspace.apply({ base, changeset: kept.changeset, contents });
  } finally {
    await contents.remove();
  }
}

describe("kept changes", () => {
  it("come back as they were, with who, why and how much", async () => {
    const { root, base, changeset, directory } = await keep(before, after, { message: "exit code 1" });
    const kept = await loadChanges(directory);
    expect(kept.base).toEqual(base);
    expect(kept.changeset).toEqual(changeset);
    expect(kept.summary).toEqual({
      ...about(root, { message: "exit code 1" }),
      counts: { added: 5, modified: 1, deleted: 1 },
      contentBytes: 7,
      hasContents: true,
    });
    expect(Buffer.from((await kept.readContent(digestOf("two"))) ?? []).toString()).toBe("two");
    expect(await kept.readContent(digestOf("kept"))).toBeUndefined();
  });

  it("are readable for their owner alone, and leave nothing beside them", async () => {
    const { directory } = await keep(before, after);
    const modes = (at: string): string[] =>
      readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
        const mode = (statSync(join(at, entry.name)).mode & 0o777).toString(8);
        return [mode, ...(entry.isDirectory() ? modes(join(at, entry.name)) : [])];
      });
    expect((statSync(directory).mode & 0o777).toString(8)).toBe("700");
    expect(new Set(modes(directory))).toEqual(new Set(["700", "600"]));
    expect(readdirSync(join(directory, ".."))).toEqual(["changes"]);
    expect(readdirSync(join(directory, "contents")).sort()).toEqual(
      [digestOf("same"), digestOf("two")].sort(),
    );
  });

  it("are applied, and stay", async () => {
    const { root, directory } = await keep(before, after);
    const expected = temporaryDirectory();
    writeTree(expected, after);
    const { conflicts, counts } = await applyKept(root, directory);
    expect({ conflicts, counts }).toEqual({ conflicts: [], counts: { added: 5, modified: 1, deleted: 1 } });
    expect(readTree(root)).toEqual(readTree(expected));
    expect((await applyKept(root, directory)).counts).toEqual({ added: 0, modified: 0, deleted: 0 });
  });

  it("survive an apply that conflicts, and one that is refused", async () => {
    const { root, directory } = await keep(before, after);
    writeFileSync(join(root, "changed"), "mine");
    const here = readTree(root);
    expect((await applyKept(root, directory)).conflicts).toMatchObject([{ path: "changed" }]);
    expect(readTree(root)).toEqual(here);
    const all = await keep({ a: { content: "a" } }, {});
    await expect(applyKept(all.root, all.directory)).rejects.toMatchObject({ code: "DELETES_ALL" });
    writeFileSync(join(root, "changed"), "one");
    expect((await applyKept(root, directory)).conflicts).toEqual([]);
    await expect(loadChanges(all.directory)).resolves.toBeDefined();
  });

  it("are known without contents, which then are missing", async () => {
    const root = temporaryDirectory();
    writeTree(root, before);
    const base = manifest(file("a", "one"));
    const changeset = diffManifests(base, manifest(file("a", "two")));
    const directory = join(temporaryDirectory(), "changes");
    await saveChanges(directory, { base, changeset, about: about(root) });
    const kept = await loadChanges(directory);
    expect(kept.summary).toMatchObject({ hasContents: false, contentBytes: 0 });
    expect((await kept.stageContents(join(root, "staging"))).summary.entries).toBe(0);
    rmSync(join(root, "staging"), { recursive: true });
    writeFileSync(join(root, "a"), "one");
    await expect(applyKept(root, directory)).rejects.toMatchObject({ code: "MISSING_CONTENT" });
  });

  it("have a message that is cut and can be read again", async () => {
    const { directory } = await keep(before, after, { message: `a\0${"x".repeat(100_000)}` });
    expect((await loadChanges(directory)).summary.message).toMatch(/^a\ufffdx{16382}$/);
  });

  it.skipIf(!existsSync("/dev/shm") || lstatSync("/dev/shm").dev === lstatSync("/tmp").dev)(
    "are copied from another file system",
    async () => {
      const source = `/dev/shm/kept-test-${process.pid}`;
      writeFileSync(source, "two");
      const base = manifest(file("a", "one"));
      const changeset = diffManifests(base, manifest(file("a", "two")));
      const directory = join(temporaryDirectory(), "changes");
      await saveChanges(directory, {
        base,
        changeset,
        contents: { pathOf: () => source },
        about: about("/w"),
      });
      expect(existsSync(source)).toBe(false);
      expect((await loadChanges(directory)).summary.hasContents).toBe(true);
    },
  );
});

describe("a save that fails leaves nothing", () => {
  const base = manifest(file("a", "one"));
  const changeset = diffManifests(base, manifest(file("a", "two")));

  it("when a content is missing", async () => {
    const parent = temporaryDirectory();
    const contents = { pathOf: () => undefined };
    const saving = saveChanges(join(parent, "changes"), { base, changeset, contents, about: about("/w") });
    await expect(saving).rejects.toMatchObject({ code: "MISSING_CONTENT", path: "a" });
    expect(readdirSync(parent)).toEqual([]);
  });

  it("when something is there already, which stays", async () => {
    const { directory } = await keep(before, after);
    const saving = saveChanges(directory, { base, changeset, about: about("/w") });
    await expect(saving).rejects.toMatchObject({ code: "IO_FAILED" });
    expect(readdirSync(join(directory, ".."))).toEqual(["changes"]);
    await expect(loadChanges(directory)).resolves.toBeDefined();
  });

  it("when the changes do not fit what was sent", async () => {
    const parent = temporaryDirectory();
    const changes = { upserts: [], deletions: ["b"] };
    const saving = saveChanges(join(parent, "changes"), { base, changeset: changes, about: about("/w") });
    await expect(saving).rejects.toMatchObject({ code: "BAD_CHANGESET" });
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("kept changes that are not as they were written", () => {
  const damage = async (directory: string): Promise<unknown> => {
    try {
      const kept = await loadChanges(directory);
      await kept.stageContents(join(temporaryDirectory(), "staging"));
      return undefined;
    } catch (error) {
      if (error instanceof WorkspaceError) return error.code;
      throw error;
    }
  };

  it.each(["changes.json", "base", "changeset"])("are refused when %s is cut off anywhere", async (name) => {
    const { directory } = await keep(before, after);
    const whole = readFileSync(join(directory, name));
    const step = Math.max(1, Math.floor(whole.length / 40));
    // Without its last newline the record is the same.
    for (let length = whole.length - 2; length >= 0; length -= step) {
      truncateSync(join(directory, name), length);
      expect([length, await damage(directory)]).toEqual([length, "BAD_ARCHIVE"]);
    }
  });

  it.each(["base", "changeset"])("are refused when any byte of %s is another", async (name) => {
    const { directory } = await keep(before, after);
    const whole = readFileSync(join(directory, name));
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(join(directory, name), changed);
      expect([at, await damage(directory)]).toEqual([at, "BAD_ARCHIVE"]);
    }
  });

  const contentOf = (directory: string) => join(directory, "contents", digestOf("two"));
  it.each<[string, (directory: string) => void]>([
    ["a content is missing", (directory) => rmSync(contentOf(directory))],
    ["a content is another of its size", (directory) => writeFileSync(contentOf(directory), "xxx")],
    ["a content is longer", (directory) => writeFileSync(contentOf(directory), "two and more")],
    [
      "a content is a link",
      (directory) => {
        renameSync(contentOf(directory), join(directory, "moved"));
        symlinkSync("../moved", contentOf(directory));
      },
    ],
    [
      "a content is a pipe",
      (directory) => {
        rmSync(contentOf(directory));
        spawnSync("mkfifo", [contentOf(directory)]);
      },
    ],
    [
      "the record is a link",
      (directory) => {
        renameSync(join(directory, "changes.json"), join(directory, "moved"));
        symlinkSync("moved", join(directory, "changes.json"));
      },
    ],
    [
      "the record is a pipe",
      (directory) => {
        rmSync(join(directory, "changes.json"));
        spawnSync("mkfifo", [join(directory, "changes.json")]);
      },
    ],
    ["the record is huge", (directory) => truncateSync(join(directory, "changes.json"), 2 ** 32)],
    ["a list is huge", (directory) => truncateSync(join(directory, "base"), 2 ** 34)],
    [
      "a list is a directory",
      (directory) => {
        rmSync(join(directory, "base"));
        mkdirSync(join(directory, "base"));
      },
    ],
  ])("are refused when %s", async (_, spoil) => {
    const { directory } = await keep(before, after);
    spoil(directory);
    expect(await damage(directory)).toBe("BAD_ARCHIVE");
  });

  it.each<[string, Record<string, unknown>]>([
    ["another version", { version: 2 }],
    ["no version", { version: undefined }],
    ["a relative root", { workspaceRoot: "../.." }],
    ["a root with a NUL", { workspaceRoot: "/a\0b" }],
    ["an unknown reason", { why: "because" }],
    ["a time that is none", { time: "soon" }],
    ["a negative count", { counts: { added: -1, modified: 0, deleted: 0 } }],
    ["no counts", { counts: null }],
    ["patterns that are none", { protect: [1] }],
    ["a name that is none", { task: { toString: "x" } }],
    ["digests of something else", { baseSha256: "0".repeat(64) }],
  ])("are refused when the record has %s", async (_, fields) => {
    const { directory } = await keep(before, after);
    const location = join(directory, "changes.json");
    writeFileSync(location, JSON.stringify({ ...JSON.parse(readFileSync(location, "utf8")), ...fields }));
    expect(await damage(directory)).toBe("BAD_ARCHIVE");
  });

  it.each(["null", "[]", "5", '"x"', "{}", '{"version":1,"__proto__":{"run":"x"}}', "[".repeat(100_000)])(
    "are refused when the record is %.40s",
    async (text) => {
      const { directory } = await keep(before, after);
      writeFileSync(join(directory, "changes.json"), text);
      expect(await damage(directory)).toBe("BAD_ARCHIVE");
    },
  );

  it("are not there at all", async () => {
    const missing = join(temporaryDirectory(), "changes");
    await expect(loadChanges(missing)).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
  });
});

describe("the list of kept changes", () => {
  it("is empty where there is no directory", async () => {
    expect(await listKept(join(temporaryDirectory(), "none"))).toEqual([]);
  });

  it("has the oldest first, and says which are damaged", async () => {
    const runs = temporaryDirectory();
    const base = manifest(file("a", "one"));
    const changeset = diffManifests(base, manifest());
    for (const timeMs of [3000, 1000, 2000]) {
      const directory = join(runs, `r${timeMs}`, "g", "t", "1", "changes");
      await saveChanges(directory, { base, changeset, about: about("/w", { timeMs }) });
    }
    writeFileSync(join(runs, "r2000", "g", "t", "1", "changes", "changes.json"), "{");
    const listed = await listKept(runs);
    expect(listed.map((item) => ("summary" in item ? item.summary.timeMs : item.problem))).toEqual([
      expect.stringContaining("damaged"),
      1000,
      3000,
    ]);
  });

  it("follows no link, and passes by what is not finished", async () => {
    const { directory } = await keep(before, after);
    const runs = temporaryDirectory();
    symlinkSync(directory, join(runs, "link"));
    mkdirSync(join(runs, "r"));
    renameSync(directory, join(runs, "r", ".changes-draft"));
    expect(await listKept(runs)).toEqual([]);
    symlinkSync(runs, `${runs}/again`);
    expect(await listKept(join(runs, "again"))).toEqual([]);
  });
});

describe("settling kept changes", () => {
  it("marks them as applied, any number of times, and keeps them", async () => {
    const { directory } = await keep(before, after);
    await markApplied(directory);
    await markApplied(directory);
    const { summary } = await loadChanges(directory);
    expect(summary.appliedAtMs).toBeGreaterThan(1_700_000_000_000);
    expect(readdirSync(directory).sort()).toEqual([
      "applied",
      "base",
      "changes.json",
      "changeset",
      "contents",
    ]);
  });

  it("removes them when they are discarded", async () => {
    const { directory } = await keep(before, after);
    await discardChanges(directory);
    expect(readdirSync(join(directory, ".."))).toEqual([]);
  });
});
