import { relative } from "node:path";

/** An absolute path as somebody in `directory` may type it: relative where that is shorter. */
export function shortPath(path: string, directory: string): string {
  const fromThere = relative(directory, path) || ".";
  return fromThere.length < path.length ? fromThere : path;
}
