import yargs from "yargs";
import { misusedSwitch } from "./misused-switch.js";
import { type UsageError, usageError } from "./usage-error.js";
import { wholeNumber } from "./whole-number.js";

export interface InitOptions {
  stateDirectory?: string | undefined;
  /** Where the agent will listen, for what is printed. */
  port: number;
  rotatesToken: boolean;
}

/** Reads the arguments after `init`. */
export async function parseInit(
  args: string[],
): Promise<{ kind: "init"; options: InitOptions } | UsageError | { kind: "shown" }> {
  let mistake: string | undefined;
  const parser = yargs(args)
    .scriptName("sloth-agent init")
    .usage("$0 [options]\n\nPrints the join line that a master on another machine is given; a secret.")
    .option("state-dir", {
      type: "string",
      describe: "As the agent has it  [default: $XDG_STATE_HOME/sloth-agent]",
    })
    .option("port", { alias: "p", type: "string", default: "50051", describe: "As the agent has it" })
    .option("rotate-token", {
      type: "boolean",
      default: false,
      describe: "Make a new token; masters that have the old one are refused from now on",
    })
    .epilogue("Exit codes: 0 printed; 1 the state directory cannot be used; 2 wrong usage.")
    .version(false)
    .alias("help", "h")
    .strict()
    .exitProcess(false)
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .fail((message, error) => {
      mistake ??= message ?? error?.message;
    });
  mistake = misusedSwitch(args, () => parser);
  const parsed = await parser.parseAsync();
  if (mistake) return usageError(mistake);
  if (parsed.help) return { kind: "shown" };
  return toInit(parsed);
}

function toInit({ stateDir, port, rotateToken }: Record<string, unknown>) {
  if (Array.isArray(stateDir)) return usageError("--state-dir is given more than once.");
  if (stateDir === "") return usageError("--state-dir is empty.");
  const portNumber = wholeNumber(port, 1, 65_535);
  if (portNumber === undefined) return usageError(`--port ${port} is not a port: a number from 1 to 65535.`);
  const options: InitOptions = {
    stateDirectory: stateDir as string | undefined,
    port: portNumber,
    rotatesToken: [rotateToken].flat().at(-1) === true,
  };
  return { kind: "init" as const, options };
}
