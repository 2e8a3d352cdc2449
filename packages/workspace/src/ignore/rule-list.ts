import type { NameGlob } from "./name-glob.js";
import { parseRules, type Rule } from "./parse-rules.js";
import { PathPattern } from "./path-pattern.js";

type NameRule = Rule & { readonly pattern: NameGlob };
type PathRule = Rule & { readonly pattern: PathPattern };

/** The rules of one directory's ignore files, as they stand in that directory or in one below it. */
export class RuleList {
  readonly #names: NameRules;
  readonly #paths: readonly PathRule[];
  readonly #ripePaths: readonly PathRule[];

  private constructor(names: NameRules, paths: readonly PathRule[]) {
    this.#names = names;
    this.#paths = paths;
    this.#ripePaths = paths.filter((rule) => rule.pattern.isRipe);
  }

  static parse(files: readonly string[]): RuleList | undefined {
    const rules = parseRules(files);
    const names = new NameRules(rules.filter((rule): rule is NameRule => !isPathRule(rule)));
    const paths = rules.filter(isPathRule);
    return rules.length === 0 ? undefined : new RuleList(names, paths);
  }

  /** Whether the last rule that matches excludes the entry; undefined if none matches. */
  verdict(name: string, isDirectory: boolean): boolean | undefined {
    const byName = this.#names.lastMatch(name, isDirectory);
    const decisive = lastMatch(this.#ripePaths, byName, name, isDirectory);
    return decisive && !decisive.isNegated;
  }

  /** The rules that can still match below the directory `name`; undefined if there are none. */
  enter(name: string): RuleList | undefined {
    const paths = enterAll(this.#paths, name);
    if (paths === this.#paths) return this;
    return paths.length === 0 && this.#names.isEmpty ? undefined : new RuleList(this.#names, paths);
  }
}

/** The same array if no rule has changed: few do, and there may be thousands. */
function enterAll(rules: readonly PathRule[], name: string): readonly PathRule[] {
  const entered: PathRule[] = [];
  let isSame = true;
  for (const rule of rules) {
    const pattern = rule.pattern.enter(name);
    isSame &&= pattern === rule.pattern;
    if (pattern !== undefined) entered.push(pattern === rule.pattern ? rule : { ...rule, pattern });
  }
  return isSame ? rules : entered;
}

/**
 * The rules without a slash. Those for exactly one name are looked up, and of the others only those are tried that
 * end as the name does: most say `*.something`, and there may be thousands.
 */
class NameRules {
  readonly isEmpty: boolean;
  readonly #exact = new Map<string, Rule>();
  readonly #exactForDirectories = new Map<string, Rule>();
  readonly #byLastByte = new Map<number | undefined, NameRule[]>();

  constructor(rules: readonly NameRule[]) {
    this.isEmpty = rules.length === 0;
    for (const rule of rules) this.#add(rule);
  }

  #add(rule: NameRule): void {
    const { literal, lastByte } = rule.pattern;
    const exact = rule.isForDirectories ? this.#exactForDirectories : this.#exact;
    const globs = this.#byLastByte.get(lastByte);
    if (literal !== undefined) exact.set(literal, rule);
    else if (globs === undefined) this.#byLastByte.set(lastByte, [rule]);
    else globs.push(rule);
  }

  lastMatch(name: string, isDirectory: boolean): Rule | undefined {
    const forAll = this.#exact.get(name);
    const forDirectories = isDirectory ? this.#exactForDirectories.get(name) : undefined;
    const exact = orderOf(forDirectories) > orderOf(forAll) ? forDirectories : forAll;
    const sameEnd = this.#byLastByte.get(name.charCodeAt(name.length - 1)) ?? [];
    const anyEnd = this.#byLastByte.get(undefined) ?? [];
    return lastMatch(anyEnd, lastMatch(sameEnd, exact, name, isDirectory), name, isDirectory);
  }
}

/** The last of `rules`, which are in order, that matches and comes after `known`; otherwise `known`. */
function lastMatch(
  rules: readonly (NameRule | PathRule)[],
  known: Rule | undefined,
  name: string,
  isDirectory: boolean,
): Rule | undefined {
  const lowest = orderOf(known);
  for (let index = rules.length - 1; index >= 0; index--) {
    const rule = rules[index];
    if (rule === undefined || rule.order < lowest) return known;
    if ((isDirectory || !rule.isForDirectories) && rule.pattern.matches(name)) return rule;
  }
  return known;
}

function orderOf(rule: Rule | undefined): number {
  return rule === undefined ? -1 : rule.order;
}

function isPathRule(rule: Rule): rule is PathRule {
  return rule.pattern instanceof PathPattern;
}
