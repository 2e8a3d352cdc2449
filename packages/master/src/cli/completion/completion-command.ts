import { BASH_SCRIPT } from "../../completion/scripts/bash.js";
import { FISH_SCRIPT } from "../../completion/scripts/fish.js";
import { ZSH_SCRIPT } from "../../completion/scripts/zsh.js";
import type { Shell } from "../../completion/shells.js";
import { EXIT } from "../exit-code.js";
import type { CompletionArguments } from "./completion-options.js";

const SCRIPTS: Record<Shell, string> = { bash: BASH_SCRIPT, zsh: ZSH_SCRIPT, fish: FISH_SCRIPT };

/** Prints what a shell loads to complete commands of sloth; gives the exit code. */
export async function completionCommand({ shell }: CompletionArguments): Promise<number> {
  process.stdout.write(SCRIPTS[shell]);
  return EXIT.succeeded;
}
