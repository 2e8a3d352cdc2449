import type { TaskPolicy } from "@sloth/runtime";
import type { Argv } from "yargs";

/** What tasks may do on a machine, and what they inherit. */
export interface PolicyOptions {
  passEnvironment?: string[] | undefined;
  policy?: TaskPolicy | undefined;
}

export function policyOptions<T>(parser: Argv<T>) {
  return parser
    .option("allow-commands", {
      type: "string",
      describe:
        "The only programs that tasks run, a,b: no shell, no files but their own; none for no program",
    })
    .option("accept-env", {
      type: "string",
      describe: "With --allow-commands: the variables that tasks may set, A,B_*  [default: none]",
    })
    .option("pass-env", {
      type: "string",
      describe: "The variables of the agent that tasks inherit, PATH,HOME  [default: all]",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readPolicy(parsed: Record<string, unknown>): PolicyOptions | { problem: string } {
  const { allowCommands, acceptEnv, passEnv } = parsed;
  if (allowCommands === "") return { problem: "--allow-commands is empty: write none for no program." };
  const passEnvironment = passEnv === undefined ? undefined : namesIn(passEnv);
  if (allowCommands !== undefined) {
    const programs = allowCommands === "none" ? [] : namesIn(allowCommands);
    return { passEnvironment, policy: { programs, acceptedVariables: namesIn(acceptEnv ?? "") } };
  }
  if (acceptEnv === undefined) return { passEnvironment };
  return { problem: "--accept-env belongs to --allow-commands, without which tasks may set any variable." };
}

function namesIn(list: unknown): string[] {
  return String(list)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
