/** With what overrides the direction of a text, so that it reads as something else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** What ends a line, moves within it, or turns its direction. */
const BEYOND_A_WORD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from a task or a peer with its control characters shown as escapes, so that it cannot steer the terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, escapeOf);
}

/** As {@link printable}, for a name within a line: it cannot pretend to be a line of its own, or another name. */
export function printableName(text: string): string {
  return text.replace(BEYOND_A_WORD, escapeOf);
}

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 2 ? `\\u{${hex}}` : `\\x${hex.padStart(2, "0")}`;
}
