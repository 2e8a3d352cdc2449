/** Never part of a snapshot, at any depth: our own state, and git's. */
const EXCLUDED_NAMES = new Set([".git", ".sloth"]);

export function isExcluded(name: string): boolean {
  return EXCLUDED_NAMES.has(name);
}
