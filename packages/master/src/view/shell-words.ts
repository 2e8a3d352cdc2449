/** Needs no quotes in any shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const SPECIAL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\']/gu;

/**
 * Words as a line to paste into a shell. What cannot be seen is written in the form `$'\n'`, which bash, zsh and ksh
 * know, so that nothing in it acts before it is read.
 */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

/** Words as a line that any shell takes for exactly these; not for people, since what cannot be seen stays as it is. */
export function quotedLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : inQuotes(word))).join(" ");
}

function inQuotes(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function quoted(word: string): string {
  if (PLAIN.test(word)) return word;
  if (CONTROL.test(word)) return `$'${word.replace(SPECIAL, escaped)}'`;
  return inQuotes(word);
}

/** The bytes of UTF-8, which need no knowledge of the shell's locale. */
function escaped(character: string): string {
  if (character === "\\" || character === "'") return `\\${character}`;
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
