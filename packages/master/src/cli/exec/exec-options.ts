import type { Argv } from "yargs";
import { COLORS, type Color } from "../../view/color.js";
import { OUTPUTS, type Output } from "../../view/open-view.js";
import { type TrustArguments, toTrust, trustOptions } from "../agents/trust-options.js";
import { once, oneOf, usage } from "../command-line/option-values.js";
import { readTimeout } from "../command-line/read-timeout.js";
import { lineOptions, toView, type ViewArguments } from "../run/view-options.js";
import { inventoryOption } from "../workflow/inventory-option.js";

export interface ExecArguments extends ViewArguments {
  /** Which agents. */
  selector: string;
  /** What they run; not empty. */
  words: readonly string[];
  agents?: string;
  /** Of each agent, in milliseconds. */
  timeoutMs?: number;
  trust: TrustArguments;
  output: Output;
  color: Color;
}

export function execOptions(command: Argv) {
  return trustOptions(lineOptions(command))
    .positional("selector", {
      type: "string",
      describe: "all, names and patterns (build*,!build3), labels (os=linux,gpu=true), or host:port",
    })
    .option("agents", inventoryOption)
    .option("timeout", { type: "string", describe: "Time limit on each agent: 90s, 1h30m, or seconds" })
    .option("output", {
      type: "string",
      describe: `How it is shown: ${OUTPUTS.join(", ")}  [default: auto]`,
    })
    .option("color", { type: "string", describe: `Colours: ${COLORS.join(", ")}  [default: auto]` })
    .usage(
      "$0 SELECTOR [options] -- COMMAND [ARGUMENTS]\n\nRuns a command on many agents at the same time, each in an empty directory. One word is a line for the shell.",
    )
    .epilogue(
      "Exit codes: 0 it succeeded on all; 1 it failed on one; 2 wrong usage, or no such agent; " +
        "3 an agent could not be reached or was lost; 130 and 143 interrupted.",
    );
}

/** @throws {MasterError} USAGE */
export async function toExec(parsed: Record<string, unknown>): Promise<ExecArguments> {
  const selector = once("selector", parsed.selector);
  const words = Array.isArray(parsed.behind) ? parsed.behind.map(String) : [];
  if (selector === undefined) throw usage("Say where: sloth exec all -- COMMAND.");
  if (words.length === 0) throw usage(`Say what to run: sloth exec ${selector} -- COMMAND.`);
  const timeoutMs = await readTimeout(parsed.timeout);
  const output = oneOf("output", parsed.output, OUTPUTS) ?? "auto";
  return {
    ...toView(parsed, output),
    selector,
    words,
    agents: once("agents", parsed.agents),
    timeoutMs,
    trust: toTrust(parsed),
    output,
    color: oneOf("color", parsed.color, COLORS) ?? "auto",
  };
}
