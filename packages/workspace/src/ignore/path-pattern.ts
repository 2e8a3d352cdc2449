import { compileGlob, type NameGlob } from "./name-glob.js";
import { isSeparator, type NameToken, type PatternToken, readTokens } from "./pattern-tokens.js";

/** Any number of names, none included. */
const GLOBSTAR = "**";

type Step = NameGlob | typeof GLOBSTAR;

/**
 * A pattern with a slash in it, matched name by name while a walk descends: it holds every step that the names so
 * far can have led to, as a nondeterministic automaton does, so that no number of `**` makes it try anything twice.
 */
export class PathPattern {
  readonly #steps: readonly Step[];
  /** The steps that may come next, in ascending order. */
  readonly #next: readonly number[];
  /** The step that an entry has to pass to match, if all before it are passed. */
  readonly #last: Step | undefined;

  private constructor(steps: readonly Step[], next: readonly number[]) {
    this.#steps = steps;
    this.#next = next;
    const [last, beforeLast] = [steps.length - 1, steps.length - 2];
    if (next.at(-1) === last) this.#last = steps[last];
    else if (next.at(-1) === beforeLast && steps[last] === GLOBSTAR) this.#last = steps[beforeLast];
  }

  /** What a pattern without its leading `/` stands for: none if it can match nothing, two if a `**` is glued. */
  static parse(pattern: string): PathPattern[] {
    return alternatives(pattern).flatMap((text) => {
      const tokens = readTokens(text);
      const steps = tokens && stepsOf(tokens);
      return steps === undefined ? [] : [new PathPattern(steps, withSkips(steps, [0]))];
    });
  }

  /** Whether there may be an entry that it matches in the directory it was taken to, and not only below that. */
  get isRipe(): boolean {
    return this.#last !== undefined;
  }

  /** Whether it matches the entry `name` of the directory it was taken to. */
  matches(name: string): boolean {
    return this.#last === GLOBSTAR || (this.#last?.matches(name) ?? false);
  }

  /** The pattern taken to the directory `name`: itself if nothing changes, undefined if it can match nothing there. */
  enter(name: string): PathPattern | undefined {
    const passed: number[] = [];
    for (const index of this.#next) {
      const step = this.#steps[index];
      if (step === GLOBSTAR) passed.push(index);
      else if (index + 1 < this.#steps.length && step?.matches(name)) passed.push(index + 1);
    }
    if (passed.length === 0) return undefined;
    const next = withSkips(this.#steps, passed);
    const isSame = next.length === this.#next.length && next.every((index, at) => index === this.#next[at]);
    return isSame ? this : new PathPattern(this.#steps, next);
  }
}

/** Adds to steps, given in ascending order, those that come after a globstar that takes no name. */
function withSkips(steps: readonly Step[], indexes: readonly number[]): number[] {
  const all: number[] = [];
  const add = (index: number) => {
    if (index > (all.at(-1) ?? -1) && index < steps.length) all.push(index);
  };
  for (const index of indexes) {
    add(index);
    if (steps[index] === GLOBSTAR) add(index + 1);
  }
  return all;
}

/** @returns undefined if it ends in a slash, as no path does; a step between two slashes matches no name */
function stepsOf(tokens: readonly PatternToken[]): Step[] | undefined {
  if (isSeparator(tokens.at(-1))) return undefined;
  const steps: Step[] = [];
  let name: NameToken[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as PatternToken;
    if (isSeparator(token)) {
      steps.push(compileGlob(name));
      name = [];
    } else if (token === "**" && isWhole(tokens, at)) {
      // Git lets only `**/` stand for no name at all; `**` at the end and `**\/` take at least one.
      if (tokens[at + 1] !== "/") steps.push(compileGlob(["*"]));
      if (steps.at(-1) !== GLOBSTAR) steps.push(GLOBSTAR);
      at++;
    } else {
      name.push(token);
    }
  }
  if (name.length > 0) steps.push(compileGlob(name));
  return steps;
}

function isWhole(tokens: readonly PatternToken[], at: number): boolean {
  const isFirst = at === 0 || isSeparator(tokens[at - 1]);
  return isFirst && (at === tokens.length - 1 || isSeparator(tokens[at + 1]));
}

const GLUED = /^([^*?[\\]*[^*?[\\/])\*\*+(\/|\\\/|$)/;

/**
 * Git compares what stands before the first special character by itself, and matches the rest as a pattern of its
 * own. So a `**` glued to a plain name, which its manual calls a regular asterisk, begins that pattern and crosses
 * directories: `a**` + `/b` matches `ab`, `ax/b` and `ax/y/b`. Here it becomes the patterns that say so.
 */
function alternatives(pattern: string): string[] {
  const [whole, before, separator] = GLUED.exec(pattern) ?? [];
  if (whole === undefined) return [pattern];
  if (separator === "") return [`${before}*`, `${before}*/**`];
  const after = pattern.slice(whole.length);
  const deeper = `${before}*/**/${after}`;
  if (separator === "\\/") return [deeper];
  const rest = after.replace(/^(?:\*\*+\/)+/, "");
  return [...(rest.startsWith("**") ? alternatives(`${before}${rest}`) : [`${before}${rest}`]), deeper];
}
