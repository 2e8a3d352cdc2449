import { basename, delimiter, dirname, join, sep } from "node:path";
import type { RunCommand } from "../../events/run-event.js";
import { shortPath } from "../../view/short-path.js";

export interface ProcessInfo {
  argv: readonly string[];
  env: Record<string, string | undefined>;
  directory: string;
}

/** The command line that started this run, for whoever wants to start it again. */
export function ownCommand(process: ProcessInfo): RunCommand {
  const { argv, directory } = process;
  return { directory, words: [...programWords(process), ...withoutChoice(argv.slice(2))] };
}

/** How the user calls this program: by the name on the path, through npx, or as a file. */
function programWords({ argv, env, directory }: ProcessInfo): string[] {
  const [, program = ""] = argv;
  // On the path only while npx, or a script of npm, runs.
  if (program.includes(join(sep, "node_modules", ".bin", sep))) return ["npx", "@sloth/master"];
  if (env.PATH?.split(delimiter).includes(dirname(program))) return [basename(program)];
  return ["node", shortPath(program, directory)];
}

const CHOICES = ["--group", "--tasks", "--only"];
const SHORT_CHOICE = /^-[gt]/;
/** Its value may be left out. */
const RERUN = "--rerun-failed";

/**
 * Leaves out what chooses tasks. A word that may be a task or the value of an option stays; beside `--only` tasks do not
 * count.
 */
function withoutChoice(args: readonly string[]): string[] {
  const [command = "run", ...rest] = args;
  const end = rest.indexOf("--");
  const words = end < 0 ? rest : rest.slice(0, end);
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [name = ""] = word.split("=");
    if (CHOICES.includes(name)) at += word === name ? 1 : 0;
    else if (name === RERUN) at += word === name && !(words[at + 1] ?? "-").startsWith("-") ? 1 : 0;
    else if (SHORT_CHOICE.test(word)) at += word.length === 2 ? 1 : 0;
    else if (word.startsWith("-") || takesValue(words[at - 1])) kept.push(word);
  }
  return [command, ...kept];
}

function takesValue(before: string | undefined): boolean {
  return before?.startsWith("-") === true && !before.includes("=");
}
