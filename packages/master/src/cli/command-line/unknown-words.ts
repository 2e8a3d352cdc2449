import { nearestWord } from "@sloth/dsl";
import { describedOptions, namesOf } from "../config/described-options.js";
import type { AnyCommand } from "./command.js";
import { COMMANDS } from "./commands.js";

/** Options that every command has, and sloth itself. */
export const COMMON_OPTIONS = ["help", "version"] as const;

/**
 * What is wrong with options that nobody has described, in one line; nothing where all are known.
 * @param typed - what yargs read, by every name that it gives an option
 * @param command - absent where none was found: then options that are near to none may be meant for one
 */
export function describeUnknown(typed: Record<string, unknown>, command?: AnyCommand): string | undefined {
  const options = command ? describedOptions(command.options) : new Map();
  const long = [...options.keys(), ...COMMON_OPTIONS];
  const positionals = command?.positionals?.match(/[\w-]+/g) ?? [];
  const aliases = [...options].flatMap(([name, described]) => namesOf(name, described));
  const known = ["_", "$0", "h", "V", ...long, ...positionals, ...aliases];
  const unknown = unknownNames(Object.keys(typed), known).filter(
    (name) => command !== undefined || nearestWord(name, long) !== undefined,
  );
  return unknown.length > 0 ? describe(unknown, long) : undefined;
}

/** What is wrong with the name of a command that there is not, in one line. */
export function describeUnknownCommand(name: string): string {
  const near = nearestWord(name, [...COMMANDS.keys()]);
  return `Unknown command: ${name}${near === undefined ? "" : `. Did you mean ${near}?`}`;
}

function unknownNames(names: readonly string[], knownNames: readonly string[]): string[] {
  const known = new Set(knownNames.map(inCode));
  const unknown = names.filter((name) => !known.has(inCode(name)));
  // Of an option that is written with dashes, yargs gives both forms.
  return unknown.filter((name) => !unknown.some((other) => other !== name && inCode(other) === name));
}

function describe(unknown: readonly string[], long: readonly string[]): string {
  const shown = unknown.map((name) => (name.trim() === "" ? `"${name}"` : name)).join(", ");
  const near = unknown.flatMap((name) => nearestWord(name, long) ?? []).map((name) => `--${name}`);
  const hint = near.length > 0 ? `. Did you mean ${[...new Set(near)].join(" and ")}?` : "";
  return `Unknown argument${unknown.length > 1 ? "s" : ""}: ${shown}${hint}`;
}

/** `dry-run` as `dryRun`. */
function inCode(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
