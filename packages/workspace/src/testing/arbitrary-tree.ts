import fc from "fast-check";
import type { Node, Tree } from "./tree.js";

const name = fc.constantFrom(
  "a",
  "b",
  "c",
  "a b",
  "a-b",
  "ä",
  "日本",
  "-x",
  "\u{1f600}",
  "new\nline",
  "~",
  "!",
);
const fileMode = fc.constantFrom(0o644, 0o755, 0o600, 0o444, 0o400);
const directoryMode = fc.constantFrom(0o755, 0o700, 0o555, 0o775);
const content = fc.oneof(fc.constantFrom("", "same", "other"), fc.string({ maxLength: 2000 }));
const mtimeMs = fc.integer({ min: 1, max: 4_000_000_000_000 });

const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ content, mode: fileMode, mtimeMs }) },
  { weight: 1, arbitrary: fc.record({ directory: fc.constant<true>(true), mode: directoryMode }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom("a", "b/c", "missing", "./a") }) },
);

const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

/** Trees of a few paths, in which a name is sometimes a file and sometimes a directory. */
export const arbitraryTree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(path, leaf), { maxLength: 12 })
  .map((nodes) => Object.fromEntries(nodes.filter(([path], index) => fits(path, nodes.slice(0, index)))));

/** Nothing may stand below a leaf, nor a leaf where something is already below. */
function fits(path: string, before: readonly (readonly [string, Node])[]): boolean {
  return before.every(([other, node]) => {
    if (other === path) return false;
    if (path.startsWith(`${other}/`)) return "directory" in node;
    return !other.startsWith(`${path}/`);
  });
}
