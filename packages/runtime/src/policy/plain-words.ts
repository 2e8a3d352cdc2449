const PLAIN = /[\w@%+=:,./-]/;
/** Within double quotes a shell still acts upon `$`, backquote and backslash, and, interactive, on `!`. */
const QUOTED = /[^"$`\\!\n\r\0]/;
const SINGLE_QUOTED = /[^'\n\r\0]/;

/**
 * The words of a command that mean to a shell just what they say: letters, digits and `@%+=:,./-`, anything in single
 * quotes, and in double quotes what is not special there. Undefined for anything else, and where the first word would
 * set a variable.
 */
export function plainWords(script: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < script.length; at++) {
    const character = script.charAt(at);
    if (character === " " || character === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const end = script.indexOf(character, at + 1);
      const text = script.slice(at + 1, end);
      const allowed = character === "'" ? SINGLE_QUOTED : QUOTED;
      if (end < 0 || ![...text].every((one) => allowed.test(one))) return undefined;
      word = (word ?? "") + text;
      at = end;
    } else if (PLAIN.test(character)) {
      word = (word ?? "") + character;
    } else return undefined;
  }
  if (word !== undefined) words.push(word);
  return words[0]?.includes("=") ? undefined : words;
}
