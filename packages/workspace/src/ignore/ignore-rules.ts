/**
 * Which entries of a tree are left out, exactly as git decides it from its ignore files.
 *
 * 1. A directory has the rules of its own ignore files and those of every directory above it. Asked about an entry,
 *    the rules of the nearest directory come first, and in a directory the last line; the first that matches
 *    decides, and `!` turns its answer round.
 * 2. The caller's patterns stand above all files, as those of git's command line do.
 * 3. What is below an ignored directory is ignored, whatever any rule says.
 *
 * Names and patterns are compared by their bytes and with their case. What git takes from elsewhere is not part of
 * this: tracked files, which it never ignores, `core.ignorecase`, `core.excludesFile` and `.git/info/exclude`.
 *
 * Ignore files may come from anybody. Deciding about one entry takes at most the length of its name times the length
 * of the patterns in force, which {@link MAX_TEXT_LENGTH} bounds.
 *
 * Written after the behaviour of https://github.com/git/git/blob/v2.39.5/dir.c and `wildmatch.c`, and tested against
 * git. The package `ignore` is not used: it decides about the directories above a path by itself, so that
 * an instance for each nested file cannot be asked about one entry once a nearer file has re-included its directory.
 */
import { WorkspaceError } from "../errors.js";
import { toByteString } from "./byte-string.js";
import { RuleList } from "./rule-list.js";

/** The rules in force in one directory. Immutable. */
export interface IgnoreRules {
  /**
   * Whether an entry directly in this directory is left out.
   * @param isDirectory false for a symlink, wherever it leads
   */
  ignores(name: string, isDirectory: boolean): boolean;
  /**
   * The rules in the directory `name` of this one; if that is ignored, all is ignored there.
   * @param files the texts of the ignore files in it, in order of precedence, lowest first
   * @throws {WorkspaceError} LIMIT if the ignore files in force are longer than 1 Mi characters together
   */
  enter(name: string, files: readonly string[]): IgnoreRules;
}

/** The names of ignore files, lowest precedence first: what a user says of sloth overrides what is said of git. */
export const IGNORE_FILE_NAMES = {
  withoutGit: [".slothignore"],
  withGit: [".gitignore", ".slothignore"],
} as const;

const MAX_TEXT_LENGTH = 2 ** 20;

/**
 * The rules in the root of a tree.
 * @param options.patterns lines as in an ignore file of the root, above every file, also above those further down:
 *   whoever starts a run has the last word
 * @param options.files the texts of the ignore files in the root, lowest precedence first
 * @throws {WorkspaceError} LIMIT if they are longer than 1 Mi characters together
 */
export function rootRules(options: { patterns?: readonly string[]; files?: readonly string[] }): IgnoreRules {
  const { patterns = [], files = [] } = options;
  const textLength = checkLength(0, [...patterns, ...files]);
  return rulesOf(listsOf(files), listsOf([patterns.join("\n")]), textLength);
}

const NOTHING_IGNORED: IgnoreRules = {
  ignores: () => false,
  enter: (_name, files) => (files.length === 0 ? NOTHING_IGNORED : rootRules({ files })),
};

const ALL_IGNORED: IgnoreRules = {
  ignores: () => true,
  enter: () => ALL_IGNORED,
};

class Rules implements IgnoreRules {
  /** Of the files, from the root down. */
  readonly #files: readonly RuleList[];
  readonly #patterns: readonly RuleList[];
  readonly #all: readonly RuleList[];
  readonly #textLength: number;

  constructor(files: readonly RuleList[], patterns: readonly RuleList[], textLength: number) {
    this.#files = files;
    this.#patterns = patterns;
    this.#all = [...files, ...patterns];
    this.#textLength = textLength;
  }

  ignores(name: string, isDirectory: boolean): boolean {
    const bytes = toByteString(name);
    for (let index = this.#all.length - 1; index >= 0; index--) {
      const verdict = this.#all[index]?.verdict(bytes, isDirectory);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  enter(name: string, files: readonly string[]): IgnoreRules {
    if (this.ignores(name, true)) return ALL_IGNORED;
    const bytes = toByteString(name);
    const below = (list: RuleList) => list.enter(bytes) ?? [];
    return rulesOf(
      [...this.#files.flatMap(below), ...listsOf(files)],
      this.#patterns.flatMap(below),
      checkLength(this.#textLength, files),
    );
  }
}

function rulesOf(files: readonly RuleList[], patterns: readonly RuleList[], textLength: number): IgnoreRules {
  return files.length + patterns.length === 0 ? NOTHING_IGNORED : new Rules(files, patterns, textLength);
}

/** One list for the files of a directory, or none where they say nothing. */
function listsOf(files: readonly string[]): RuleList[] {
  const list = RuleList.parse(files);
  return list === undefined ? [] : [list];
}

/** Refuses instead of going on with fewer rules, which would send what somebody wanted to keep. */
function checkLength(before: number, files: readonly string[]): number {
  const length = files.reduce((sum, file) => sum + file.length, before);
  if (length <= MAX_TEXT_LENGTH) return length;
  throw new WorkspaceError(
    "LIMIT",
    `The ignore files that apply in one directory have ${length} characters; the limit is ${MAX_TEXT_LENGTH}. ` +
      "Replace lists of single files in them by patterns.",
  );
}
