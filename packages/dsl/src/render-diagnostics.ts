import type { Diagnostic } from "./dsl-error.js";

/** A person reads no more than these; a generated file can have a mistake in each of its tasks. */
const MAX_SHOWN = 50;

/** One line for a person: `pipeline.lua:12:7: group "build", task "compile", field "timeout": …`. */
function formatDiagnostic({ file, line, column, group, task, field, message }: Diagnostic): string {
  const position = [file, line, column].filter((part) => part !== undefined).join(":");
  const names = [
    group === undefined ? undefined : `group "${group}"`,
    task === undefined ? undefined : `task "${task}"`,
    field === undefined ? undefined : `field "${field}"`,
  ].filter((part) => part !== undefined);
  return `${position}: ${names.length > 0 ? `${names.join(", ")}: ` : ""}${message}`;
}

/** The first 50 mistakes, a line each. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return firstOf(diagnostics, (diagnostic) => [formatDiagnostic(diagnostic)]);
}

/**
 * The first 50 mistakes for a terminal, each with its source line and a caret at its column. Lines of the source are
 * cut to the width around the column; tabs become spaces, and control characters are replaced.
 *
 * @param width - in columns. Default 80. Characters that take two are counted as one.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], width = 80): string {
  return firstOf(diagnostics, (diagnostic) => [formatDiagnostic(diagnostic), ...frame(diagnostic, width)]);
}

function firstOf(diagnostics: readonly Diagnostic[], linesOf: (diagnostic: Diagnostic) => string[]): string {
  const lines = diagnostics.slice(0, MAX_SHOWN).flatMap(linesOf);
  const rest = diagnostics.length - MAX_SHOWN;
  return (rest > 0 ? [...lines, `… and ${rest} more`] : lines).join("\n");
}

/** The source line, and below it the caret where the column is known. */
function frame({ line, column, source }: Diagnostic, width: number): string[] {
  if (line === undefined || source === undefined || source.trim() === "") return [];
  const gutter = `    ${line} | `;
  const { text, caret } = cut(source, (column ?? 1) - 1, width - gutter.length);
  const shown = [`${gutter}${text.trimEnd()}`];
  if (column !== undefined) shown.push(`${" ".repeat(gutter.length - 2)}| ${" ".repeat(caret)}^`);
  return shown;
}

/** The part of a line around a character that fits into the room, and where the character is in it. */
function cut(source: string, at: number, room: number): { text: string; caret: number } {
  const first = Math.max(0, at - room);
  const before = harmless(source.slice(first, at), 0);
  const text = before + harmless(source.slice(at, at + room), before.length);
  const caret = before.length;
  const middle = Math.max(0, Math.min(caret - Math.floor(room / 2), text.length - room));
  const start = caret <= (room * 2) / 3 ? 0 : middle;
  const more = text.length > start + room || source.length > at + room;
  const part = text.slice(start, start + room);
  const left = start > 0 || first > 0 ? `…${part.slice(1)}` : part;
  return { text: more ? `${left.slice(0, room - 1)}…` : left, caret: caret - start };
}

const TAB_STOP = 4;

/** With a printed character for each one: what steers a terminal, or turns the direction of the text, does not pass. */
function harmless(text: string, column: number): string {
  let shown = "";
  for (const character of text) {
    if (character === "\t") shown += " ".repeat(TAB_STOP - ((column + shown.length) % TAB_STOP));
    else
      shown += /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) ? "\ufffd".repeat(character.length) : character;
  }
  return shown;
}
