import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadChanges } from "@sloth/workspace";
import { describe, expect, it, onTestFinished } from "vitest";
import { directoryName } from "./directory-name.js";
import { discardKept, type KeepOptions, openRunStore, runsDirectory } from "./run-store.js";

const RUN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "sloth-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function change(group: string, task: string, attempt = 1): KeepOptions {
  return {
    base: { entries: [{ path: "a", kind: "directory", mode: 0o755, mtimeUs: 0, sizeBytes: 0 }] },
    changeset: { upserts: [], deletions: ["a"] },
    about: {
      group,
      task,
      attempt,
      agent: "build1",
      workspaceRoot: "/w",
      why: "failed",
      timeMs: 1_700_000_000_000 + attempt,
      protect: [],
      workflowFiles: [],
    },
  };
}

describe("directoryName", () => {
  it.each(["build", "a", "my_task-2.1", "_x"])("leaves %s as it is", (name) => {
    expect(directoryName(name)).toBe(name);
  });

  it("gives different names to different names, all of them safe", () => {
    const names = [
      "Build",
      "BUILD",
      "bu/ild",
      "..",
      ".",
      ".hidden",
      "a b",
      "a-b",
      "é",
      "e\u0301",
      "~",
      "a~b",
      "",
      "-x",
    ];
    names.push(
      "x".repeat(101),
      "x".repeat(102),
      "../../etc",
      "con:",
      "olá mundo",
      "a\\b",
      "日本",
      directoryName("é"),
    );
    const made = names.map(directoryName);
    expect(new Set(made.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of made) expect(name).toMatch(/^[a-z0-9_~][a-z0-9_~.-]{0,99}$/);
  });
});

describe("the run store", () => {
  it("makes nothing before something is stored", async () => {
    const directory = scratch();
    const store = openRunStore(directory, RUN);
    const at = { group: "g", task: "t", attempt: 1 };
    expect(store.changesDirectory(at)).toBe(join(directory, ".sloth", "runs", RUN, "g", "t", "1", "changes"));
    expect(await store.keptChanges()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("keeps changes of any task, in a directory that git ignores", async () => {
    const directory = scratch();
    const store = openRunStore(directory, RUN);
    const kept = [
      await store.keepChanges(change("g", "t", 2)),
      await store.keepChanges(change("g", "t", 1)),
      await store.keepChanges(change("../..", "Olá / mundo", 3)),
    ];
    expect(readFileSync(join(directory, ".sloth", ".gitignore"), "utf8")).toBe("*\n");
    expect(readdirSync(directory)).toEqual([".sloth"]);
    const listed = await store.keptChanges();
    expect(listed.map((item) => item.directory)).toEqual([kept[1], kept[0], kept[2]]);
    const { summary } = await loadChanges(kept[2] ?? "");
    expect(summary).toMatchObject({ run: RUN, group: "../..", task: "Olá / mundo", attempt: 3 });
    expect(await openRunStore(directory, `${RUN.slice(0, -1)}W`).keptChanges()).toEqual([]);
  });

  it.each([".sloth", ".sloth/runs", `.sloth/runs/${RUN}`])(
    "follows no link in the place of %s",
    async (path) => {
      const directory = scratch();
      const elsewhere = scratch();
      mkdirSync(join(directory, path, ".."), { recursive: true });
      symlinkSync(elsewhere, join(directory, path));
      const saving = openRunStore(directory, RUN).keepChanges(change("g", "t"));
      await expect(saving).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
      expect(readdirSync(elsewhere)).toEqual([]);
    },
  );

  it("takes no id that is none", () => {
    expect(() => openRunStore("/w", "../../etc")).toThrow(TypeError);
  });

  it("removes what is empty with the changes that are discarded", async () => {
    const directory = scratch();
    const store = openRunStore(directory, RUN);
    const [first, second] = [
      await store.keepChanges(change("g", "a")),
      await store.keepChanges(change("g", "b")),
    ];
    await discardKept(first, directory);
    expect(await store.keptChanges()).toHaveLength(1);
    expect(existsSync(join(second, "changes.json"))).toBe(true);
    await discardKept(second, directory);
    expect(readdirSync(runsDirectory(directory))).toEqual([]);
  });
});
