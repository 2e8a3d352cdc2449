import { ANY_BYTE, type ByteSet, readBracket } from "./bracket.js";

export type Separator = "/" | "\\/";
/** A byte, one of a set of bytes, any run of bytes written as one star or as several. */
export type NameToken = number | ByteSet | "*" | "**";
export type PatternToken = NameToken | Separator;

export function isSeparator(token: PatternToken | undefined): token is Separator {
  return token === "/" || token === "\\/";
}

/** @returns undefined if the pattern is malformed, and so matches nothing: an open bracket, a `\` at the end */
export function readTokens(pattern: string): PatternToken[] | undefined {
  const tokens: PatternToken[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "[") {
      const bracket = readBracket(pattern, at);
      if (bracket === undefined) return undefined;
      tokens.push(bracket.set);
      at = bracket.end;
    } else if (character === "*") {
      const start = at;
      while (pattern[at + 1] === "*") at++;
      tokens.push(at > start ? "**" : "*");
    } else if (character === "\\") {
      at++;
      if (at === pattern.length) return undefined;
      tokens.push(pattern[at] === "/" ? "\\/" : pattern.charCodeAt(at));
    } else {
      tokens.push(character === "/" ? "/" : character === "?" ? ANY_BYTE : pattern.charCodeAt(at));
    }
  }
  return tokens;
}
