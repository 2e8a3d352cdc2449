import { parseGrace } from "@sloth/dsl";
import yargs from "yargs";
import { softwareVersion } from "../software-version.js";
import { givenTwice } from "./given-once.js";
import { type InitOptions, parseInit } from "./init-command-line.js";
import { type LabelOptions, labelOptions, readLabels } from "./label-options.js";
import { type LimitOptions, limitOptions, readLimits } from "./limit-options.js";
import { misusedSwitch } from "./misused-switch.js";
import { type OperatingOptions, operatingOptions, readOperating } from "./operating-options.js";
import { type PolicyOptions, policyOptions, readPolicy } from "./policy-options.js";
import { readTrust, type TrustOptions, trustOptions } from "./trust-options.js";
import { typedBytes } from "./typed-bytes.js";
import { usageError } from "./usage-error.js";
import { wholeNumber } from "./whole-number.js";

interface OwnOptions {
  port: number;
  slots?: number | undefined;
  stateDirectory?: string | undefined;
  capacityBytes?: number | undefined;
  luaMemoryLimitBytes?: number | undefined;
  longestGraceMs?: number | undefined;
}

export type CliOptions = OwnOptions &
  TrustOptions &
  LabelOptions &
  OperatingOptions &
  PolicyOptions &
  LimitOptions;

/** What the user asked for. `shown` means that help or the version has been printed. */
export type CommandLine =
  | { kind: "serve"; options: CliOptions }
  | { kind: "init"; options: InitOptions }
  | { kind: "usage-error"; message: string }
  | { kind: "shown" };

/** Reads the arguments after the program's name. */
export async function parseCommandLine(args: string[]): Promise<CommandLine> {
  if (args[0] === "init") return parseInit(args.slice(1));
  let mistake: string | undefined;
  const parser = limitOptions(policyOptions(operatingOptions(labelOptions(trustOptions(yargs(args))))))
    .scriptName("sloth-agent")
    .usage(
      "$0 [options]\n$0 init [options]\n\nRuns the tasks that a sloth master delegates to this machine. " +
        "init prints what a master on another machine needs.",
    )
    .option("port", {
      alias: "p",
      type: "string",
      default: "50051",
      describe: "TCP port; 0 chooses a free one",
    })
    .option("slots", { type: "string", describe: "How many tasks run at once  [default: CPUs]" })
    .option("state-dir", {
      type: "string",
      describe: "Where everything is kept that the agent writes  [default: $XDG_STATE_HOME/sloth-agent]",
    })
    .option("cache-size", {
      type: "string",
      default: "10GiB",
      describe: "How much is kept there between tasks, such as 500MB or 20GiB",
    })
    .option("lua-memory", {
      type: "string",
      describe: "How much memory the Lua code of one task has  [default: 512MiB]",
    })
    .option("max-grace", {
      type: "string",
      describe: "The longest time between TERM and KILL that a run may ask for  [default: 10m]",
    })
    .epilogue("Exit codes: 0 stopped by a signal; 1 cannot start; 2 wrong usage.")
    .version(softwareVersion)
    .alias("version", "V")
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
  if (parsed.help || parsed.version) return { kind: "shown" };
  const twice = givenTwice(parsed, ONCE);
  if (twice !== undefined) return usageError(twice);
  const trust = readTrust(parsed);
  if ("problem" in trust) return usageError(trust.problem);
  const own = readOwn(parsed);
  if ("problem" in own) return usageError(own.problem);
  const operating = readOperating(parsed);
  if ("problem" in operating) return usageError(operating.problem);
  const policy = readPolicy(parsed);
  if ("problem" in policy) return usageError(policy.problem);
  const limits = readLimits(parsed);
  if ("problem" in limits) return usageError(limits.problem);
  const labels = readLabels(parsed);
  if ("problem" in labels) return usageError(labels.problem);
  return { kind: "serve", options: { ...trust, ...own, ...labels, ...operating, ...policy, ...limits } };
}

/** With less, Lua does not start. */
const LEAST_LUA_MEMORY = 16 * 2 ** 20;

const ONCE = [
  "port",
  "name",
  "slots",
  "state-dir",
  "cache-size",
  "caller-slots",
  "caller-cache",
  "max-workspace",
  "lua-memory",
  "max-grace",
  "drain",
  "metrics-port",
  "metrics-host",
  "log-format",
  "allow-commands",
  "accept-env",
  "pass-env",
];

/** What is here, and how much of it tasks get; or what is wrong with what was typed. */
function readOwn(parsed: Record<string, unknown>): OwnOptions | { problem: string } {
  const { port, slots, stateDir, maxGrace } = parsed;
  const portNumber = wholeNumber(port, 0, 65535);
  if (portNumber === undefined) return { problem: `--port ${port} is not a port: a number from 0 to 65535.` };
  const slotCount = slots === undefined ? undefined : wholeNumber(slots, 1, 4096);
  if (slots !== undefined && slotCount === undefined)
    return { problem: `--slots ${slots} is not a number from 1 to 4096.` };
  if (stateDir === "") return { problem: "--state-dir is empty." };
  const capacity = typedBytes(parsed, "cache-size");
  if ("problem" in capacity) return capacity;
  const memory = typedBytes(parsed, "lua-memory");
  if ("problem" in memory) return memory;
  if (memory.bytes !== undefined && memory.bytes < LEAST_LUA_MEMORY)
    return { problem: "--lua-memory is less than the 16MiB that Lua needs." };
  const grace = maxGrace === undefined ? undefined : parseGrace(String(maxGrace));
  if (grace && "problem" in grace) return { problem: `--max-grace ${grace.problem}.` };
  return {
    port: portNumber,
    slots: slotCount,
    stateDirectory: stateDir as string | undefined,
    capacityBytes: capacity.bytes,
    luaMemoryLimitBytes: memory.bytes,
    longestGraceMs: grace?.ms,
  };
}
