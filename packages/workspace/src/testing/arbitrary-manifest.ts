import fc from "fast-check";
import type { Manifest, ManifestEntry } from "../manifest/entry.js";
import { ancestorsOf, comparePaths } from "../manifest/path-rules.js";
import { directory, file, symlink } from "./entries.js";

const component = fc.oneof(
  fc.constantFrom("a", "b", "a!", "a-", "\ufeffa", "\u{1f600}", "\uffee", "é", "e\u0301"),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 5 })
    .filter((name) => !/[/\\\0:]|^\.{1,2}$|\p{Cs}/u.test(name)),
);
const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const mode = fc.integer({ min: 0, max: 0o777 });
const mtimeUs = fc.oneof(fc.integer(), fc.maxSafeInteger());

const leaf: fc.Arbitrary<(path: string) => ManifestEntry> = fc.oneof(
  fc.tuple(fc.string(), mode, mtimeUs).map(
    ([content, mode, mtimeUs]) =>
      (path: string) =>
        file(path, content, mode, mtimeUs),
  ),
  mode.map((mode) => (path: string) => directory(path, mode)),
  fc
    .string({ minLength: 1, unit: "grapheme" })
    .filter((target) => !/\0|\p{Cs}/u.test(target))
    .map((target) => (path: string) => symlink(path, target)),
);

/** Any valid tree. */
export const arbitraryManifest: fc.Arbitrary<Manifest> = fc
  .array(fc.tuple(path, leaf), { maxLength: 20 })
  .map((nodes) => {
    const entries = new Map<string, ManifestEntry>();
    for (const [path, make] of nodes) {
      const isFree =
        !entries.has(path) &&
        ancestorsOf(path).every((above) => (entries.get(above)?.kind ?? "directory") === "directory");
      if (!isFree) continue;
      for (const above of ancestorsOf(path)) if (!entries.has(above)) entries.set(above, directory(above));
      entries.set(path, make(path));
    }
    return { entries: [...entries.values()].sort((a, b) => comparePaths(a.path, b.path)) };
  });
