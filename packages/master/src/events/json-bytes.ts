const BACKSLASH = 0x5c;
const HEX = Buffer.from("0123456789abcdef");

/** The letter after the backslash, of the characters that have one. */
const LETTERS = new Uint8Array(256);
for (const [character, letter] of Object.entries({
  '"': '"',
  "\\": "\\",
  "\b": "b",
  "\f": "f",
  "\n": "n",
  "\r": "r",
  "\t": "t",
}))
  LETTERS[character.charCodeAt(0)] = letter.charCodeAt(0);

/** How many bytes more than itself a byte takes within a JSON string. */
const EXTRA = Uint8Array.from(LETTERS, (letter, byte) => (letter > 0 ? 1 : byte < 0x20 ? 5 : 0));

/**
 * Puts a text into a JSON string between two pieces of JSON: the bytes that `JSON.stringify` would give, without any
 * string on the way, of which output in megabytes would make many.
 *
 * @param text - UTF-8
 */
export function withJsonText(before: string, text: Uint8Array, after: string): Buffer {
  let length = text.length;
  for (let index = 0; index < text.length; index++) length += EXTRA[text[index] as number] as number;
  const front = Buffer.byteLength(before);
  const line = Buffer.allocUnsafeSlow(front + length + Buffer.byteLength(after));
  line.write(before);
  line.write(after, front + length);
  escapeInto(line, front, text);
  return line;
}

/** What needs no escape is copied in runs, such as whole lines. */
function escapeInto(target: Uint8Array, start: number, text: Uint8Array): void {
  let at = start;
  let copied = 0;
  const copyUpTo = (end: number): void => {
    if (end > copied) target.set(text.subarray(copied, end), at);
    at += end - copied;
  };
  for (let index = 0; index < text.length; index++) {
    const byte = text[index] as number;
    if (EXTRA[byte] === 0) continue;
    copyUpTo(index);
    copied = index + 1;
    at += escapeByte(target, at, byte);
  }
  copyUpTo(text.length);
}

/** Gives how many bytes it took. */
function escapeByte(target: Uint8Array, at: number, byte: number): number {
  const letter = LETTERS[byte] as number;
  target[at] = BACKSLASH;
  if (letter > 0) target[at + 1] = letter;
  else target.set([0x75, 0x30, 0x30, HEX[byte >> 4] as number, HEX[byte & 15] as number], at + 1);
  return 1 + (EXTRA[byte] as number);
}
