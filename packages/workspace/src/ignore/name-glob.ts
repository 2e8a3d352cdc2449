import type { ByteSet } from "./bracket.js";
import type { NameToken } from "./pattern-tokens.js";

/**
 * Matches one name. What stands between the stars is looked for from the left and taken where it is found first;
 * later finds need not be tried, because a star takes up any difference. So the work is at most the length of the
 * name times that of the pattern, where git's own matcher (and a regular expression) can be exponential.
 */
export interface NameGlob {
  /** The only name that it matches, if there is only one. */
  readonly literal: string | undefined;
  /** What every name that it matches ends with, if that is always the same byte. */
  readonly lastByte: number | undefined;
  matches(name: string): boolean;
}

export function compileGlob(tokens: readonly NameToken[]): NameGlob {
  const segments = segmentsOf(tokens);
  const [head, ...others] = segments;
  if (head === undefined) throw new Error("A glob has at least one segment.");
  const tail = others.pop();
  if (tail === undefined) return head.text === undefined ? new FixedGlob(head) : new LiteralGlob(head.text);
  return new StarGlob(
    head,
    others.filter((segment) => segment.length > 0),
    tail,
  );
}

/** A byte, or one of a set of bytes. */
type Unit = number | ByteSet;

function segmentsOf(tokens: readonly NameToken[]): Segment[] {
  const segments: Unit[][] = [[]];
  for (const token of tokens) {
    if (token === "*" || token === "**") segments.push([]);
    else segments.at(-1)?.push(token);
  }
  return segments.map((units) => new Segment(units));
}

/** Just one name. */
export class LiteralGlob implements NameGlob {
  readonly literal: string;
  readonly lastByte: number;

  constructor(literal: string) {
    this.literal = literal;
    this.lastByte = literal.charCodeAt(literal.length - 1);
  }

  matches(name: string): boolean {
    return name === this.literal;
  }
}

class FixedGlob implements NameGlob {
  readonly literal = undefined;
  readonly lastByte: number | undefined;
  readonly #segment: Segment;

  constructor(segment: Segment) {
    this.lastByte = segment.lastByte;
    this.#segment = segment;
  }

  matches(name: string): boolean {
    return name.length === this.#segment.length && this.#segment.isAt(name, 0);
  }
}

class StarGlob implements NameGlob {
  readonly literal = undefined;
  readonly lastByte: number | undefined;
  readonly #head: Segment;
  readonly #middle: readonly Segment[];
  readonly #tail: Segment;
  readonly #minLength: number;

  constructor(head: Segment, middle: readonly Segment[], tail: Segment) {
    this.lastByte = tail.lastByte;
    this.#head = head;
    this.#middle = middle;
    this.#tail = tail;
    this.#minLength = [head, ...middle, tail].reduce((sum, segment) => sum + segment.length, 0);
  }

  matches(name: string): boolean {
    if (name.length < this.#minLength) return false;
    const end = name.length - this.#tail.length;
    if (!this.#tail.isAt(name, end) || !this.#head.isAt(name, 0)) return false;
    let from = this.#head.length;
    for (const segment of this.#middle) {
      const found = segment.find(name, from, end);
      if (found === -1) return false;
      from = found + segment.length;
    }
    return true;
  }
}

class Segment {
  readonly length: number;
  /** Set if every unit is a plain byte. */
  readonly text: string | undefined;
  readonly #units: readonly Unit[];

  constructor(units: readonly Unit[]) {
    this.#units = units;
    this.length = units.length;
    const bytes = units.filter((unit) => typeof unit === "number");
    this.text = bytes.length === units.length ? Buffer.from(bytes).toString("latin1") : undefined;
  }

  get lastByte(): number | undefined {
    const last = this.#units.at(-1);
    return typeof last === "number" ? last : undefined;
  }

  isAt(name: string, start: number): boolean {
    if (this.text !== undefined) return name.startsWith(this.text, start);
    for (let index = 0; index < this.length; index++) {
      const unit = this.#units[index];
      const byte = name.charCodeAt(start + index);
      if (typeof unit === "number" ? byte !== unit : unit?.[byte] !== 1) return false;
    }
    return true;
  }

  /** The first place from `from` on where all of it stands before `end`, or -1. */
  find(name: string, from: number, end: number): number {
    const last = end - this.length;
    if (this.text !== undefined) {
      const found = name.indexOf(this.text, from);
      return found <= last ? found : -1;
    }
    for (let start = from; start <= last; start++) if (this.isAt(name, start)) return start;
    return -1;
  }
}
