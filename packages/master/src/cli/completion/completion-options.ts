import type { Argv } from "yargs";
import { SHELLS, type Shell } from "../../completion/shells.js";
import { alternatives, once, usage } from "../command-line/option-values.js";

export interface CompletionArguments {
  shell: Shell;
}

export function completionOptions(command: Argv) {
  return command
    .positional("shell", { type: "string", describe: `The shell: ${SHELLS.join(", ")}` })
    .example("source <(sloth completion bash)", "In ~/.bashrc; for zsh in ~/.zshrc")
    .example("$0 fish > ~/.config/fish/completions/sloth.fish", "For fish");
}

/** @throws {MasterError} USAGE */
export function toCompletion(parsed: Record<string, unknown>): CompletionArguments {
  const named = once("shell", parsed.shell);
  const shell = SHELLS.find((known) => known === named);
  if (shell !== undefined) return { shell };
  const choices = alternatives(SHELLS);
  throw usage(
    named === undefined ? `Name the shell: ${choices}.` : `The shell ${named} is none of: ${choices}.`,
  );
}
