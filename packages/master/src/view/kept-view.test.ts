import type { KeptSummary, ManifestEntry } from "@sloth/workspace";
import { describe, expect, it } from "vitest";
import { changedPaths, describeKept, describeWhole } from "./kept-view.js";

function entry(
  path: string,
  kind: ManifestEntry["kind"],
  fields: Partial<ManifestEntry> = {},
): ManifestEntry {
  return { path, kind, mode: 0o644, mtimeUs: 0, sizeBytes: 0, ...fields };
}

describe("the paths of a changeset", () => {
  it("are in order, each with its mark", () => {
    const base = {
      entries: [
        entry("dir", "directory"),
        entry("link", "symlink", { target: "a" }),
        entry("mode", "file", { digest: "1" }),
        entry("text", "file", { digest: "1" }),
        entry("time", "file", { digest: "1" }),
        entry("type", "file", { digest: "1" }),
      ],
    };
    const changeset = {
      upserts: [
        entry("link", "symlink", { target: "b" }),
        entry("mode", "file", { digest: "1", mode: 0o755 }),
        entry("new", "directory"),
        entry("new/a", "file", { digest: "2" }),
        entry("new-b", "file", { digest: "2" }),
        entry("text", "file", { digest: "2", mode: 0o600 }),
        entry("time", "file", { digest: "1", mtimeUs: 5 }),
        entry("type", "directory"),
      ],
      deletions: ["dir"],
    };
    expect(changedPaths(base, changeset).map(({ line }) => line)).toEqual([
      "D  dir/",
      "M  link -> b",
      "P  mode  (mode 644 to 755)",
      "A  new/",
      "A  new/a",
      "A  new-b",
      "M  text  (mode 644 to 600)",
      "t  time  (time only)",
      "T  type/  (file to directory)",
    ]);
  });

  it("cannot pretend to be others", () => {
    const changeset = { upserts: [entry("a\nD  b\x1b[2J", "file")], deletions: [] };
    expect(changedPaths({ entries: [] }, changeset)[0]?.line).toBe("A  a\\x0aD  b\\x1b[2J");
  });
});

describe("kept changes", () => {
  const summary: KeptSummary = {
    run: "01ARZ",
    group: "g",
    task: "t\n",
    attempt: 2,
    agent: "build1",
    workspaceRoot: "/w",
    why: "timed-out",
    message: "first\x1b\nsecond",
    timeMs: Date.UTC(2026, 0, 31, 12),
    protect: [],
    workflowFiles: [],
    counts: { added: 1, modified: 2, deleted: 3 },
    contentBytes: 1500,
    hasContents: true,
  };

  it("are described in three lines", () => {
    expect(describeKept(summary)).toEqual([
      "01ARZ g/t\\x0a@build1, attempt 2",
      "    2026-01-31 12:00Z timed out, +1 ~2 -3, 1.5 kB",
      "    first\\x1b",
    ]);
  });

  it("are described whole with the message and the directory", () => {
    const lines = describeWhole({ ...summary, hasContents: false, appliedAtMs: Date.UTC(2026, 1, 1) });
    expect(lines.slice(1)).toEqual([
      "    2026-01-31 12:00Z timed out, +1 ~2 -3, contents missing, applied 2026-02-01 00:00Z",
      "    first\\x1b",
      "    second",
      "    changes of /w",
    ]);
  });
});
