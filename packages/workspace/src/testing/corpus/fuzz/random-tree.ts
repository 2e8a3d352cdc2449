import { type Bytes, binary, bytesOf, directory, type Entry, file, symlink } from "../list-bytes.js";
import { BASE } from "../sandbox.js";
import type { Random } from "./random.js";

const NAMES = [
  "a",
  "b",
  "a b",
  "d",
  "deep",
  "inner",
  "keep",
  "link",
  "new",
  "\u00e9",
  "e\u0301",
  "\u{1f600}",
  "\uffee",
];
const HOSTILE = [
  "..",
  ".",
  "",
  "/",
  "a/",
  "../outside/planted",
  "a\0",
  "C:x",
  "a\\b",
  ".git",
  ".GIT ",
  ".sloth",
  "n".repeat(256),
];
const TARGETS = ["keep", "d/inner", "..", "../outside/secret", "/etc/passwd", "d/../..", "nowhere", "a", ""];
const CONTENTS = ["", "one", "keep", "inner", "x".repeat(511), "x".repeat(512), "x".repeat(513)];
const MODES = [0o644, 0o755, 0o600, 0o400, 0o777];

/** What a peer might have made of a tree, mostly valid. */
export interface RandomChange {
  entries: Entry[];
  deletions: Bytes[];
}

/** A manifest's entries, or changes of the master's tree. */
export function randomChange(random: Random, to: "agent" | "master"): RandomChange {
  const before = new Map<string, Entry>(
    to === "master" ? BASE.map((entry) => [binary(entry.path), entry]) : [],
  );
  const after = new Map(before);
  for (let edits = random.below(8); edits >= 0; edits--) edit(random, after);
  const entries = [...after].filter(([path, entry]) => before.get(path) !== entry).map(([, entry]) => entry);
  const deletions = [...before.keys()].filter((path) => !after.has(path));
  if (random.isOneIn(6)) spoil(random, entries, deletions);
  return { entries: entries.sort(inTreeOrder), deletions: deletions.map((path) => bytesOf(path)) };
}

function edit(random: Random, tree: Map<string, Entry>): void {
  if (random.isOneIn(3) && tree.size > 0) {
    remove(tree, random.pick([...tree.keys()]));
    return;
  }
  const directories = [...tree].filter(([, { kind }]) => kind === "directory").map(([path]) => `${path}/`);
  const path = `${random.pick(["", ...directories])}${binary(random.pick(NAMES))}`;
  remove(tree, path);
  tree.set(path, randomEntry(random, bytesOf(path)));
}

function remove(tree: Map<string, Entry>, path: string): void {
  for (const other of [...tree.keys()]) {
    if (other === path || other.startsWith(`${path}/`)) tree.delete(other);
  }
}

function randomEntry(random: Random, path: Bytes): Entry {
  const mode = random.pick(MODES);
  if (random.isOneIn(3)) return directory(path, mode | 0o700);
  if (random.isOneIn(5)) return symlink(path, random.pick(TARGETS));
  const content = random.isOneIn(4) ? random.bytes(random.below(2000)) : random.pick(CONTENTS);
  return file(path, content, { mode, mtimeUs: random.below(2 ** 31) * 1000 });
}

/** One path becomes a hostile one, or is deleted as well, or appears twice. */
function spoil(random: Random, entries: Entry[], deletions: string[]): void {
  const path = random.isOneIn(2) ? random.pick(HOSTILE) : `${random.pick(NAMES)}/${random.pick(HOSTILE)}`;
  if (random.isOneIn(2)) deletions.push(binary(path));
  else entries.push(randomEntry(random, path));
  if (random.isOneIn(3) && entries.length > 0) entries.push(random.pick(entries));
}

/** By components, each by its bytes: a slash comes before every other byte. */
function inTreeOrder(a: Entry, b: Entry): number {
  const [left, right] = [a, b].map(({ path }) => binary(path).replaceAll("\0", "\x01").replaceAll("/", "\0"));
  if (left === right || left === undefined || right === undefined) return 0;
  return left < right ? -1 : 1;
}
