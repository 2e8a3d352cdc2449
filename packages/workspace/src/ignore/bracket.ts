/** One entry a byte; 1 where the byte belongs to the set. */
export type ByteSet = Uint8Array;

/** What `?` stands for. A separator never gets here, since names are matched one at a time. */
export const ANY_BYTE: ByteSet = new Uint8Array(256).fill(1);

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ["alnum", /[0-9A-Za-z]/],
  ["alpha", /[A-Za-z]/],
  ["blank", /[ \t]/],
  ["cntrl", /[^ -~\u0080-\u00ff]/],
  ["digit", /[0-9]/],
  ["graph", /[!-~]/],
  ["lower", /[a-z]/],
  ["print", /[ -~]/],
  ["punct", /[!-/:-@[-`{-~]/],
  ["space", /[ \t\n\r]/],
  ["upper", /[A-Z]/],
  ["xdigit", /[0-9A-Fa-f]/],
]);

/**
 * Reads the bracket expression that starts at `start`, and says where its `]` is. A member may be a byte, an escaped
 * byte, a range, or a class such as `[:alpha:]` (ASCII only); a `]` in first place is a member.
 * @returns undefined if it never ends or names an unknown class: such a pattern matches nothing
 */
export function readBracket(pattern: string, start: number): { set: ByteSet; end: number } | undefined {
  const negated = pattern[start + 1] === "!" || pattern[start + 1] === "^";
  const set: ByteSet = new Uint8Array(256);
  const first = start + (negated ? 2 : 1);
  /** Where a range may start: not right after another range or a class. */
  let low: number | undefined;
  for (let at = first; at < pattern.length; at++) {
    if (pattern[at] === "]" && at > first)
      return { set: negated ? set.map((byte) => 1 - byte) : set, end: at };
    const name = pattern.startsWith("[:", at) ? classNameAt(pattern, at + 2) : undefined;
    if (name !== undefined) {
      if (!addClass(set, name)) return undefined;
      at += name.length + 3;
      low = undefined;
    } else if (low !== undefined && isRangeAt(pattern, at)) {
      at += pattern[at + 1] === "\\" ? 2 : 1;
      set.fill(1, low, Math.max(low, pattern.charCodeAt(at) + 1));
      low = undefined;
    } else {
      if (pattern[at] === "\\") at++;
      low = pattern.charCodeAt(at);
      set[low] = 1;
    }
  }
  return undefined;
}

function isRangeAt(pattern: string, at: number): boolean {
  return pattern[at] === "-" && at + 1 < pattern.length && pattern[at + 1] !== "]";
}

/** Git looks for the next `]`, and takes what stands before it for a class if it ends in `:`. */
function classNameAt(pattern: string, start: number): string | undefined {
  const end = pattern.indexOf("]", start);
  return end > start && pattern[end - 1] === ":" ? pattern.slice(start, end - 1) : undefined;
}

function addClass(set: ByteSet, name: string): boolean {
  const members = CLASSES.get(name);
  if (members === undefined) return false;
  for (let byte = 0; byte < 256; byte++) if (members.test(String.fromCharCode(byte))) set[byte] = 1;
  return true;
}
