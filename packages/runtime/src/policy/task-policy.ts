import { matchesPattern } from "../lua/glob.js";
import { plainWords } from "./plain-words.js";

/**
 * What the owner of a machine lets tasks of others do there:
 *
 * 1. A command is some plain words, the first of which is one of `programs`, as it stands there. Nothing that a shell
 *    would act upon is taken, so that no second command hides in the first.
 * 2. A task sets only variables that `acceptedVariables` match, since some of them (`PATH`, `BASH_ENV`, `LD_PRELOAD`)
 *    decide what a command is.
 * 3. Lua's files are those of the workspace, and temporary ones.
 *
 * Non-guarantees: what an allowed program does is its own affair (`make` runs what a Makefile of the workspace says),
 * and the network is open to Lua code.
 */
export interface TaskPolicy {
  /** Names, or absolute paths. Empty: no process is started. */
  programs: readonly string[];
  /** Names of variables, `*` and `?` included. */
  acceptedVariables: readonly string[];
}

/** Why a command is not run; undefined where it is. */
export function refuseCommand(
  { programs }: TaskPolicy,
  script: string,
  shell: string | undefined,
): string | undefined {
  if (programs.length === 0) return "this machine starts no processes for tasks";
  if (shell !== undefined && !programs.includes(shell)) return `this machine does not run the shell ${shell}`;
  const words = plainWords(script);
  const known = `It runs: ${programs.join(", ")}`;
  if (words === undefined)
    return `this machine runs plain commands only, with none of a shell's ; & | < > $ \` ( ) * ? ~ # and line breaks. ${known}`;
  const [program = ""] = words;
  return programs.includes(program)
    ? undefined
    : `this machine does not run ${program || "nothing"}. ${known}`;
}

/** Why a task is not run with these variables; undefined where it is. */
export function refuseVariables(
  { acceptedVariables }: TaskPolicy,
  names: readonly string[],
): string | undefined {
  const refused = names.filter((name) => !acceptedVariables.some((pattern) => matchesPattern(name, pattern)));
  if (refused.length === 0) return undefined;
  const known = acceptedVariables.join(", ") || "none";
  return `this machine does not take the environment variable ${refused.join(", ")} of a task. It takes: ${known}`;
}
