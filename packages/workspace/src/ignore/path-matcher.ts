import { rootRules } from "./ignore-rules.js";

/**
 * Answers for whole paths whether patterns, written as in an ignore file of the root, match them or a directory above
 * them. Paths are relative to the root, with `/` between their names.
 * @throws {WorkspaceError} LIMIT as {@link rootRules}
 */
export function pathMatcher(patterns: readonly string[]): (path: string, isDirectory: boolean) => boolean {
  const root = rootRules({ patterns });
  return (path, isDirectory) => {
    let rules = root;
    let start = 0;
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", start)) {
      rules = rules.enter(path.slice(start, slash), []);
      start = slash + 1;
    }
    return rules.ignores(path.slice(start), isDirectory);
  };
}
