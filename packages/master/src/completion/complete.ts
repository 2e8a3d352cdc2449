import type { Options } from "yargs";
import { COMMANDS } from "../cli/command-line/commands.js";
import { COMMON_OPTIONS } from "../cli/command-line/unknown-words.js";
import { describedOptions } from "../cli/config/described-options.js";
import { type Candidate, type Candidates, words } from "./candidate.js";
import { positionalCandidates, valueCandidates } from "./sources.js";
import { readArguments, type TypedArguments, type TypedLine } from "./typed-line.js";

/** What may stand where the cursor is; some of it may not begin as the word that is typed. */
export async function complete(line: TypedLine): Promise<Candidates> {
  const at = line.before.findIndex((word) => COMMANDS.has(word));
  const command = line.before[at] ?? "";
  const found = COMMANDS.get(command);
  if (!found) return beginning(line);
  const described = describedOptions(found.options);
  const before = line.before.toSpliced(at, 1);
  const typed = readArguments({ ...line, before }, { command, described });
  if (typed.open !== undefined) return valueCandidates(typed.open, typed);
  const [, name, value] = /^--([^=]+)=(.*)$/s.exec(typed.current) ?? [];
  if (typed.areOptionsOver || !typed.current.startsWith("-")) return positional(found.positionals, typed);
  if (name === undefined || value === undefined) return options(described, typed.current);
  return inFront(`--${name}=`, await valueCandidates(name, { ...typed, current: value }));
}

function beginning({ before: [first], current }: TypedLine): Candidate[] {
  if (current.startsWith("-")) return words(COMMON_OPTIONS.map((name) => `--${name}`));
  // Options may stand in front; another word is no command.
  if (first !== undefined && !first.startsWith("-")) return [];
  return [...COMMANDS].map(([value, { describe }]) => ({ value, describe }));
}

function options(described: ReadonlyMap<string, Options>, current: string): Candidate[] {
  const long = [...described].map(([name, { describe }]) => ({
    value: `--${name}`,
    ...(typeof describe === "string" && { describe }),
  }));
  const switches = [...described].filter(([, { type }]) => type === "boolean");
  // Only for whoever asks for them, since they would double the list.
  const negated = current.startsWith("--no") ? switches.map(([name]) => `--no-${name}`) : [];
  return [...long, ...words([...negated, ...COMMON_OPTIONS.map((name) => `--${name}`)])];
}

/** `[run] [task]` and `[tasks..]`: the last one stands for all further ones if it ends so. */
function positional(written: string | undefined, typed: TypedArguments): Candidates | Promise<Candidates> {
  const places = written?.match(/[\w-]+(\.\.)?/g) ?? [];
  const last = places.at(-1);
  const place = places[typed.positionals.length] ?? (last?.endsWith("..") ? last : undefined);
  return place === undefined ? [] : positionalCandidates(place.replace("..", ""), typed);
}

function inFront(prefix: string, candidates: Candidates): Candidates {
  if (typeof candidates === "string") return candidates;
  return candidates.map(({ value, ...more }) => ({ value: prefix + value, ...more }));
}
