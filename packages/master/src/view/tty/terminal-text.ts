import stringWidth from "string-width";

/*
 * What a task prints may steer a terminal: move the cursor, clear the screen, set the title. Of that, only colours are
 * let through to a terminal that has a live region. The grammar of control sequences is that of ECMA-48: CSI, the
 * strings (OSC, DCS, SOS, PM, APC) to their end or that of the line, other escapes, and single control characters.
 */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-Z\\^-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const COLOR = /^\u001b\[[\d;:]*m$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const COLORS = /\u001b\[[\d;:]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const PIECES = /\u001b\[[\d;:]*m|[^\u001b]+/g;
/** They would turn the rest of a row of the region round. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;
/** Each takes one column: what rows are made of mostly. */
const NARROW = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff…▸↻↑↓]*$/;
const RESET = "\u001b[0m";

const graphemes = new Intl.Segmenter();

/** What would be seen of a line that was printed with `\r` in it: what came last. Of control sequences it keeps colours. */
export function visibleLine(line: string): string {
  const parts = line.split("\r").map(withoutControls);
  const last = parts.findLast((part) => part.replace(COLORS, "") !== "") ?? "";
  return last.includes("\u001b") ? last + RESET : last;
}

/** As {@link visibleLine}, for a place within a row: no tabs, nothing that turns the direction, and colours if wanted. */
export function visibleInRow(line: string, color: boolean): string {
  const text = visibleLine(line).replaceAll("\t", " ").replace(DIRECTIONS, "");
  return color ? text : text.replace(COLORS, "");
}

function withoutControls(text: string): string {
  return text.replace(SEQUENCES, (sequence) => (COLOR.test(sequence) ? sequence : ""));
}

/** How many columns a text takes up; colours take none. */
export function widthOf(text: string): number {
  const plain = text.includes("\u001b") ? text.replace(COLORS, "") : text;
  return NARROW.test(plain) ? plain.length : stringWidth(plain);
}

/** The beginning of a text that fits into this many columns, with `…` where something is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let left = columns - 1;
  let shown = "";
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.startsWith("\u001b")) {
      shown += piece;
      continue;
    }
    for (const { segment } of graphemes.segment(piece)) {
      left -= widthOf(segment);
      if (left < 0) return closed(`${shown}…`);
      shown += segment;
    }
  }
  return closed(shown);
}

function closed(text: string): string {
  return text.includes("\u001b") ? text + RESET : text;
}

/** A text with spaces up to this many columns. */
export function padToWidth(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}
