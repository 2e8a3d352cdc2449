import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffManifests, patchManifest } from "../manifest/diff.js";
import type { Changeset, ManifestEntry } from "../manifest/entry.js";
import { indexByPath } from "../manifest/entry.js";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { directory, file, manifest, special, symlink } from "../testing/entries.js";
import { type ConflictPolicy, mergeChangeset } from "./merge-changeset.js";

interface Row {
  what: string;
  base: ManifestEntry[];
  /** The tree there; the changeset is what differs from base. */
  theirs: ManifestEntry[];
  ours: ManifestEntry[];
  upserts?: ManifestEntry[];
  deletions?: string[];
  conflicts?: string[];
  onConflict?: ConflictPolicy;
  resolved?: string[];
}

const f = file("f", "old");
const d = directory("d");

const rows: Row[] = [
  {
    what: "takes a change where ours is as it was",
    base: [f],
    theirs: [file("f", "new")],
    ours: [f],
    upserts: [file("f", "new")],
  },
  {
    what: "does nothing where ours is as theirs",
    base: [f],
    theirs: [file("f", "new")],
    ours: [file("f", "new")],
  },
  {
    what: "does nothing where ours is as theirs but for time",
    base: [f],
    theirs: [file("f", "new")],
    ours: [file("f", "new", 0o644, 7)],
  },
  {
    what: "finds a change on both sides",
    base: [f],
    theirs: [file("f", "new")],
    ours: [file("f", "other")],
    conflicts: ["f"],
  },
  {
    what: "finds a change of what was deleted here",
    base: [f],
    theirs: [file("f", "new")],
    ours: [],
    conflicts: ["f"],
  },
  { what: "adds what neither had", base: [], theirs: [f], ours: [], upserts: [f] },
  { what: "does nothing where both added the same", base: [], theirs: [f], ours: [f] },
  {
    what: "finds what both added differently",
    base: [],
    theirs: [f],
    ours: [file("f", "other")],
    conflicts: ["f"],
  },
  {
    what: "finds a directory where a file is added",
    base: [],
    theirs: [f],
    ours: [directory("f")],
    conflicts: ["f"],
  },
  {
    what: "finds something special where a file is added",
    base: [],
    theirs: [f],
    ours: [special("f")],
    conflicts: ["f"],
  },
  {
    what: "finds something special where a file was",
    base: [f],
    theirs: [file("f", "new")],
    ours: [special("f")],
    conflicts: ["f"],
  },
  { what: "does nothing where both added a directory", base: [], theirs: [d], ours: [d] },
  { what: "deletes what is as it was", base: [f], theirs: [], ours: [f], deletions: ["f"] },
  {
    what: "deletes what was only touched here",
    base: [f],
    theirs: [],
    ours: [file("f", "old", 0o644, 7)],
    deletions: ["f"],
  },
  { what: "does nothing where both deleted", base: [f], theirs: [], ours: [] },
  {
    what: "finds a deletion of what was changed here",
    base: [f],
    theirs: [],
    ours: [file("f", "other")],
    conflicts: ["f"],
  },
  {
    what: "finds a deletion of what had its mode changed here",
    base: [f],
    theirs: [],
    ours: [file("f", "old", 0o755)],
    conflicts: ["f"],
  },
  {
    what: "finds a deletion of what is a directory now",
    base: [f],
    theirs: [],
    ours: [directory("f")],
    conflicts: ["f"],
  },
  {
    what: "finds a deletion of what is a symlink now",
    base: [f],
    theirs: [],
    ours: [symlink("f", "x")],
    conflicts: ["f"],
  },
  {
    what: "takes a touch",
    base: [f],
    theirs: [file("f", "old", 0o644, 9)],
    ours: [f],
    upserts: [file("f", "old", 0o644, 9)],
  },
  {
    what: "takes a touch over a touch",
    base: [f],
    theirs: [file("f", "old", 0o644, 9)],
    ours: [file("f", "old", 0o644, 7)],
    upserts: [file("f", "old", 0o644, 9)],
  },
  {
    what: "lets a change here win over a touch there",
    base: [f],
    theirs: [file("f", "old", 0o644, 9)],
    ours: [file("f", "other")],
  },
  {
    what: "lets a deletion here win over a touch there",
    base: [f],
    theirs: [file("f", "old", 0o644, 9)],
    ours: [],
  },
  {
    what: "takes a change over a touch here",
    base: [f],
    theirs: [file("f", "new")],
    ours: [file("f", "old", 0o644, 7)],
    upserts: [file("f", "new")],
  },
  {
    what: "keeps the mode changed here when a touch comes",
    base: [f],
    theirs: [file("f", "old", 0o644, 9)],
    ours: [file("f", "old", 0o600)],
    upserts: [file("f", "old", 0o600, 9)],
  },
  {
    what: "takes a mode",
    base: [f],
    theirs: [file("f", "old", 0o755)],
    ours: [f],
    upserts: [file("f", "old", 0o755)],
  },
  {
    what: "keeps the mode changed here when content comes",
    base: [f],
    theirs: [file("f", "new")],
    ours: [file("f", "old", 0o600)],
    upserts: [file("f", "new", 0o600)],
  },
  {
    what: "finds a mode changed on both sides",
    base: [f],
    theirs: [file("f", "old", 0o755)],
    ours: [file("f", "old", 0o600)],
    conflicts: ["f"],
  },
  {
    what: "finds a mode there and content here",
    base: [f],
    theirs: [file("f", "old", 0o755)],
    ours: [file("f", "other")],
    conflicts: ["f"],
  },
  {
    what: "takes a file for a symlink",
    base: [f],
    theirs: [symlink("f", "x")],
    ours: [f],
    upserts: [symlink("f", "x")],
  },
  {
    what: "finds a symlink changed on both sides",
    base: [symlink("l", "a")],
    theirs: [symlink("l", "b")],
    ours: [symlink("l", "c")],
    conflicts: ["l"],
  },
  {
    what: "takes a directory for a file",
    base: [f],
    theirs: [directory("f"), file("f/x", "")],
    ours: [f],
    upserts: [directory("f"), file("f/x", "")],
  },
  {
    what: "takes a file for a directory",
    base: [d, file("d/x", "")],
    theirs: [file("d", "")],
    ours: [d, file("d/x", "")],
    upserts: [file("d", "")],
    deletions: ["d/x"],
  },
  {
    what: "keeps a directory that gained something when a file comes",
    base: [d],
    theirs: [file("d", "")],
    ours: [d, file("d/new", "")],
    conflicts: ["d"],
  },
  {
    what: "removes a directory with what is in it",
    base: [d, file("d/x", "")],
    theirs: [],
    ours: [d, file("d/x", "")],
    deletions: ["d", "d/x"],
  },
  {
    what: "keeps a directory that gained a file",
    base: [d, file("d/x", "")],
    theirs: [],
    ours: [d, file("d/x", ""), file("d/new", "")],
    conflicts: ["d"],
  },
  {
    what: "keeps a directory that holds what is never carried",
    base: [d],
    theirs: [],
    ours: [d, directory("d/.git")],
    conflicts: ["d"],
  },
  {
    what: "keeps a directory in which a file was changed",
    base: [d, file("d/x", "")],
    theirs: [],
    ours: [d, file("d/x", "other")],
    conflicts: ["d/x"],
  },
  {
    what: "finds a deletion of a directory that is a symlink now",
    base: [d, file("d/x", "")],
    theirs: [],
    ours: [symlink("d", "/etc")],
    conflicts: ["d"],
  },
  {
    what: "does not write below what is a symlink now",
    base: [d],
    theirs: [d, file("d/x", "")],
    ours: [symlink("d", "/etc")],
    conflicts: ["d/x"],
  },
  {
    what: "does not write below what is a file now",
    base: [d],
    theirs: [d, file("d/x", "")],
    ours: [file("d", "")],
    conflicts: ["d/x"],
  },
  {
    what: "does not bring a deleted directory back",
    base: [d],
    theirs: [d, file("d/x", "")],
    ours: [],
    conflicts: ["d/x"],
  },
  {
    what: "adds to a directory that both added",
    base: [],
    theirs: [d, file("d/x", "")],
    ours: [d],
    upserts: [file("d/x", "")],
  },
  {
    what: "takes the mode of a directory",
    base: [d],
    theirs: [directory("d", 0o700)],
    ours: [d],
    upserts: [directory("d", 0o700)],
  },
  {
    what: "finds the mode of a directory changed on both sides",
    base: [d],
    theirs: [directory("d", 0o700)],
    ours: [directory("d", 0o775)],
    conflicts: ["d"],
  },
  {
    what: "applies the rest beside a conflict",
    base: [f, file("g", "g")],
    theirs: [file("f", "new"), file("g", "new")],
    ours: [file("f", "other"), file("g", "g")],
    upserts: [file("g", "new")],
    conflicts: ["f"],
  },
  {
    what: "leaves out what is below a conflict",
    base: [f],
    theirs: [directory("f"), file("f/x", "")],
    ours: [file("f", "other")],
    conflicts: ["f"],
  },
  {
    what: "finds a mode that only looks like the one that was sent, on a file where a symlink was",
    base: [symlink("f", "x")],
    theirs: [file("f", "new", 0)],
    ours: [file("f", "new", 0o644)],
    conflicts: ["f"],
  },
  {
    what: "finds two modes of a directory that both made of a file",
    base: [file("f", "old", 0o755)],
    theirs: [directory("f", 0o755)],
    ours: [directory("f", 0o700)],
    conflicts: ["f"],
  },
  {
    what: "lets theirs win over a change here",
    onConflict: "theirs",
    base: [f, file("g", "g"), file("h", "h")],
    theirs: [file("f", "new"), symlink("h", "x")],
    ours: [file("f", "other"), file("g", "other"), special("h")],
    upserts: [file("f", "new"), symlink("h", "x")],
    deletions: ["g"],
    resolved: ["f", "h", "g"],
  },
  {
    what: "lets theirs win over a deletion here",
    onConflict: "theirs",
    base: [f],
    theirs: [file("f", "new")],
    ours: [],
    upserts: [file("f", "new")],
    resolved: ["f"],
  },
  {
    what: "lets theirs win with a mode where the content is another here, and not where no content is left",
    onConflict: "theirs",
    base: [f, file("g", "g"), d, file("d/h", "h")],
    theirs: [file("f", "old", 0o755), file("g", "g", 0o755), d, file("d/h", "h", 0o755)],
    ours: [file("f", "other")],
    upserts: [file("f", "other", 0o755)],
    resolved: ["f"],
    conflicts: ["d/h", "g"],
  },
  {
    what: "lets theirs bring a directory back that was deleted here",
    onConflict: "theirs",
    base: [d, directory("d/e", 0o700)],
    theirs: [d, directory("d/e", 0o700), file("d/e/x", "")],
    ours: [],
    upserts: [d, directory("d/e", 0o700), file("d/e/x", "")],
    resolved: ["d/e/x"],
  },
  {
    what: "lets theirs make a directory again of what is a symlink now",
    onConflict: "theirs",
    base: [d],
    theirs: [d, file("d/x", "")],
    ours: [symlink("d", "/etc")],
    upserts: [d, file("d/x", "")],
    resolved: ["d/x"],
  },
  {
    what: "lets theirs win over an empty directory, never over one that holds something",
    onConflict: "theirs",
    base: [f, file("g", "g"), file("h", "h"), file("i", "i")],
    theirs: [file("f", "new"), file("g", "new")],
    ours: [
      directory("f"),
      directory("g"),
      file("g/mine", ""),
      directory("h"),
      directory("i"),
      file("i/mine", ""),
    ],
    upserts: [file("f", "new")],
    deletions: ["h"],
    resolved: ["f", "h"],
    conflicts: ["g", "i"],
  },
  {
    what: "keeps a directory that gained a file even where theirs wins",
    onConflict: "theirs",
    base: [d, file("d/x", "")],
    theirs: [],
    ours: [d, file("d/x", "other"), file("d/new", "")],
    resolved: ["d/x"],
    conflicts: ["d"],
  },
  {
    what: "keeps what is here where ours wins, and takes the rest",
    onConflict: "ours",
    base: [f, file("g", "g"), file("h", "h")],
    theirs: [file("f", "new"), file("g", "new")],
    ours: [file("f", "other"), file("g", "g"), file("h", "other")],
    upserts: [file("g", "new")],
    resolved: ["f", "h"],
  },
  {
    what: "says of a directory too that it stays when ours wins in it",
    onConflict: "ours",
    base: [d, file("d/x", ""), file("d/y", "")],
    theirs: [],
    ours: [d, file("d/x", "other"), file("d/y", "")],
    deletions: ["d/y"],
    resolved: ["d/x", "d"],
  },
  {
    what: "says what cannot be put below a path that stays when ours wins",
    onConflict: "ours",
    base: [f],
    theirs: [directory("f"), file("f/x", "")],
    ours: [file("f", "other")],
    resolved: ["f", "f/x"],
  },
];

describe("merging a changeset", () => {
  it.each(rows)("$what", (row) => {
    const { base, theirs, ours, upserts = [], deletions = [], conflicts = [], resolved = [] } = row;
    const before = manifest(...base);
    const changeset = diffManifests(before, manifest(...theirs));
    const result = mergeChangeset({
      base: before,
      theirs: changeset,
      ours: indexByPath(ours),
      onConflict: row.onConflict ?? "fail",
    });
    expect(result.resolved.map((conflict) => conflict.path)).toEqual(resolved);
    expect(result.apply).toEqual({ upserts, deletions });
    expect(result.conflicts.map((conflict) => conflict.path)).toEqual(conflicts);
    for (const { reason } of result.conflicts) expect(reason).not.toBe("");
  });

  it("does nothing twice: a changeset that was applied is done", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (base, after) => {
        const theirs = diffManifests(base, after);
        const none: Changeset = { upserts: [], deletions: [] };
        expect(mergeChangeset({ base, theirs, ours: indexByPath(after.entries) })).toEqual({
          apply: none,
          conflicts: [],
          resolved: [],
        });
      }),
    );
  });

  it("takes everything where nothing changed here", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (base, after) => {
        const theirs = diffManifests(base, after);
        const { apply, conflicts } = mergeChangeset({ base, theirs, ours: indexByPath(base.entries) });
        expect(conflicts).toEqual([]);
        expect(patchManifest(base, apply)).toEqual(after);
      }),
    );
  });

  it("says who changed it, where the caller knows that", () => {
    const theirs = { upserts: [file("f", "new"), file("g", "new")], deletions: ["d"] };
    const ours = indexByPath([file("f", "other"), d, file("d/x", "")]);
    const changedBy = (path: string) => (path === "g" ? undefined : `task "${path}" on build2`);
    const { conflicts } = mergeChangeset({ base: manifest(f, file("g", "g"), d), theirs, ours, changedBy });
    expect(conflicts).toMatchObject([
      {
        path: "f",
        changedBy: 'task "f" on build2',
        reason: expect.stringContaining('by task "f" on build2 during the run'),
      },
      { path: "g", reason: expect.stringContaining("it was deleted locally during the run") },
      { path: "d", changedBy: 'task "d/x" on build2' },
    ]);
    expect(conflicts[1]).not.toHaveProperty("changedBy");
  });

  it("says what stands there and what was expected", () => {
    const theirs = { upserts: [file("f", "new")], deletions: [] };
    const ours = indexByPath([symlink("f", "\x1b[2J")]);
    const [conflict] = mergeChangeset({ base: manifest(f), theirs, ours }).conflicts;
    expect(conflict?.reason).toBe(
      'it was changed here meanwhile: it was a file of 3 bytes (8f89f7b8) and is now a symlink to "\\u001b[2J"'.replace(
        "8f89f7b8",
        f.digest?.slice(0, 8) ?? "",
      ),
    );
  });
});
