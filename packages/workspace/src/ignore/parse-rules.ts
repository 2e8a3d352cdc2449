import { toByteString } from "./byte-string.js";
import { compileGlob, LiteralGlob, type NameGlob } from "./name-glob.js";
import { PathPattern } from "./path-pattern.js";
import { isSeparator, type NameToken, readTokens } from "./pattern-tokens.js";

export interface Rule {
  /** Of two rules that match, the one with the higher order decides. */
  readonly order: number;
  readonly isNegated: boolean;
  readonly isForDirectories: boolean;
  /** Without a slash it matches names at any depth, with one it matches paths. */
  readonly pattern: NameGlob | PathPattern;
}

const SPECIAL = /[*?[\\]/;

/** The rules of one directory's ignore files, the later of which have the higher order. */
export function parseRules(files: readonly string[]): Rule[] {
  const rules: Rule[] = [];
  for (const file of files) {
    for (const line of file.replace(/^\ufeff/, "").split("\n")) addRule(rules, line.replace(/\r$/, ""));
  }
  return rules;
}

function addRule(rules: Rule[], line: string): void {
  if (line === "" || line.startsWith("#")) return;
  let pattern = trimSpaces(toByteString(untilNul(line)));
  const isNegated = pattern.startsWith("!");
  if (isNegated) pattern = pattern.slice(1);
  const isForDirectories = pattern.endsWith("/");
  if (isForDirectories) pattern = pattern.slice(0, -1);
  for (const parsed of parsePattern(pattern)) {
    rules.push({ order: rules.length, isNegated, isForDirectories, pattern: parsed });
  }
}

function parsePattern(pattern: string): (NameGlob | PathPattern)[] {
  if (pattern === "" || pattern === "/") return [];
  if (pattern.includes("/")) return PathPattern.parse(pattern.replace(/^\//, ""));
  if (!SPECIAL.test(pattern)) return [new LiteralGlob(pattern)];
  const tokens = readTokens(pattern);
  return tokens === undefined
    ? []
    : [compileGlob(tokens.filter((token): token is NameToken => !isSeparator(token)))];
}

function untilNul(line: string): string {
  const nul = line.indexOf("\0");
  return nul === -1 ? line : line.slice(0, nul);
}

/** Cuts spaces, and only spaces, from the end; the first of them stays if a `\` escapes it. */
function trimSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === " ") end--;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === "\\") backslashes++;
  return line.slice(0, backslashes % 2 === 1 ? end + 1 : end);
}
