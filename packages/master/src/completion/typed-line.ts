import type { Options } from "yargs";
import { namesOf } from "../cli/config/described-options.js";

/** A command line while it is typed, without the program's name; words have lost their quotes. */
export interface TypedLine {
  before: readonly string[];
  /** The word at the cursor, as far as it is typed. */
  current: string;
  after: readonly string[];
}

/** What the words around the cursor say. */
export interface TypedArguments {
  command: string;
  current: string;
  /** Values of options by their long names; a switch has none. */
  options: ReadonlyMap<string, readonly string[]>;
  /** Those before the cursor. */
  positionals: readonly string[];
  /** The option that the word at the cursor is a value of. */
  open?: string;
  /** After `--` there are only positionals. */
  areOptionsOver: boolean;
}

/** Reads words as yargs would, where they are finished. */
export function readArguments(
  { before, current, after }: TypedLine,
  { command, described }: { command: string; described: ReadonlyMap<string, Options> },
): TypedArguments {
  const read = readWords(before, described);
  const later = readWords(after, described);
  const options = new Map(later.options);
  for (const [name, values] of read.options) options.set(name, [...values, ...(options.get(name) ?? [])]);
  return { ...read, options, command, current };
}

function readWords(typed: readonly string[], described: ReadonlyMap<string, Options>) {
  const longNames = new Map(
    [...described].flatMap(([name, option]) => namesOf(name, option).map((each) => [each, name])),
  );
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  const end = typed.indexOf("--");
  let open: string | undefined;
  for (const word of end < 0 ? typed : typed.slice(0, end)) {
    const [, dashes, name = "", value] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (open !== undefined) {
      options.get(open)?.push(word);
      open = undefined;
    } else if (dashes === undefined) positionals.push(word);
    else {
      const long = longNames.get(name) ?? name;
      const values = options.get(long) ?? [];
      options.set(long, values);
      if (value !== undefined) values.push(value);
      else if (takesValue(described.get(long))) open = long;
    }
  }
  if (end >= 0) positionals.push(...typed.slice(end + 1));
  const areOptionsOver = end >= 0;
  return { options, positionals, areOptionsOver, ...(open !== undefined && !areOptionsOver && { open }) };
}

function takesValue(option: Options | undefined): boolean {
  return option !== undefined && option.type !== "boolean";
}
