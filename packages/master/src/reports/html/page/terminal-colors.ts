/** A piece of what a task printed, with the classes of its look. */
export interface Piece {
  text: string;
  classes: string;
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** Colours and other looks (the first group), and all other sequences, which are left out. */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\u001b\[([\d;]*)m|\u001b\[[\d;?]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Splits the output of a task where its look changes: the sixteen colours and bold, as terminals have them. A line
 * that is written over (`\r`) is shown as it was written last. What else would steer a terminal or turn the direction
 * of the text is shown as `�`.
 */
export function piecesOf(output: string): Piece[] {
  const text = output.replace(/\r+\n/g, "\n").replace(/^.*\r(?=[^\n])/gm, "");
  const pieces: Piece[] = [];
  let look: Look = {};
  let start = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(start, match.index));
    if (match[1] !== undefined) look = change(look, match[1]);
    start = match.index + match[0].length;
  }
  add(text.slice(start));
  return pieces;

  function add(part: string): void {
    if (part !== "") pieces.push({ text: part.replace(CONTROL, "\ufffd"), classes: classesOf(look) });
  }
}

interface Look {
  isBold?: boolean;
  color?: string | undefined;
}

function change(look: Look, codes: string): Look {
  let next = look;
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) next = {};
    else if (code === 1) next = { ...next, isBold: true };
    else if (code === 22) next = { ...next, isBold: false };
    else if (code === 39) next = { ...next, color: undefined };
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
      next = { ...next, color: NAMES[code % 10] };
    // A colour of more than sixteen: its numbers would be taken for others.
    else if (code === 38 || code === 48) return next;
  }
  return next;
}

function classesOf({ isBold, color }: Look): string {
  return [isBold ? "bold" : "", color ? `ansi-${color}` : ""].filter(Boolean).join(" ");
}
