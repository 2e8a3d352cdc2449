import yargs from "yargs";
import { LOG_FORMATS, type LogFormat } from "../log/agent-log.js";
import { softwareVersion } from "../software-version.js";
import type { AuthorityFiles } from "../trust/authority-files.js";
import { type InitOptions, parseInit } from "./init-command-line.js";
import { readTrust, trustOptions } from "./trust-options.js";
import { usageError } from "./usage-error.js";

export interface CliOptions {
  host?: string | undefined;
  port: number;
  authority?: AuthorityFiles | undefined;
  isInsecure?: boolean | undefined;
  slots?: number;
  stateDirectory?: string;
  capacityBytes?: number | undefined;
  luaMemoryLimitBytes?: number | undefined;
  longestGraceMs?: number | undefined;
  metricsPort?: number | undefined;
  passEnvironment?: string[] | undefined;
  policy?: { programs: string[]; acceptedVariables: string[] } | undefined;
  /** How long running tasks may go on after SIGTERM, in milliseconds. */
  drainMs: number;
  logFormat: LogFormat;
}

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
  const parser = trustOptions(yargs(args))
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
    .option("drain", {
      type: "string",
      default: "20s",
      describe: "How long running tasks may go on after SIGTERM, while nothing new is taken",
    })
    .option("metrics-port", {
      type: "string",
      describe: "Port on 127.0.0.1 for /metrics, /healthz and /readyz  [default: none]",
    })
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
    })
    .option("log-format", {
      type: "string",
      default: "text",
      describe: "What it says of itself: text or json",
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
  const parsed = await parser.parseAsync();
  if (mistake) return usageError(mistake);
  if (parsed.help || parsed.version) return { kind: "shown" };
  const trust = readTrust(parsed);
  if ("problem" in trust) return usageError(trust.problem);
  const read = await toOptions(parsed);
  return read.kind === "serve" ? { ...read, options: { ...read.options, ...trust } } : read;
}

interface Parsed {
  port: string | string[];
  slots?: string | string[];
  stateDir?: string | string[];
  cacheSize: string | string[];
  luaMemory?: string | string[];
  maxGrace?: string | string[];
  drain: string | string[];
  metricsPort?: string | string[];
  logFormat: string | string[];
  allowCommands?: string | string[];
  acceptEnv?: string | string[];
  passEnv?: string | string[];
}

async function toOptions({
  port,
  slots,
  stateDir,
  cacheSize,
  luaMemory,
  maxGrace,
  drain,
  metricsPort,
  logFormat,
  allowCommands,
  acceptEnv,
  passEnv,
}: Parsed): Promise<CommandLine> {
  for (const [name, value] of Object.entries({
    port,
    slots,
    "state-dir": stateDir,
    "cache-size": cacheSize,
    "lua-memory": luaMemory,
    "max-grace": maxGrace,
    drain,
    "metrics-port": metricsPort,
    "log-format": logFormat,
    "allow-commands": allowCommands,
    "accept-env": acceptEnv,
    "pass-env": passEnv,
  })) {
    if (Array.isArray(value)) return usageError(`--${name} is given more than once.`);
  }
  const portNumber = wholeNumber(port, 0, 65535);
  if (portNumber === undefined) return usageError(`--port ${port} is not a port: a number from 0 to 65535.`);
  const slotCount = slots === undefined ? undefined : wholeNumber(slots, 1, 4096);
  if (slots !== undefined && slotCount === undefined) {
    return usageError(`--slots ${slots} is not a number from 1 to 4096.`);
  }
  if (stateDir === "") return usageError("--state-dir is empty.");
  const capacity = await bytesOf(String(cacheSize));
  if ("problem" in capacity) return usageError(`--cache-size ${capacity.problem}.`);
  const memory = luaMemory === undefined ? undefined : await bytesOf(String(luaMemory));
  if (memory && "problem" in memory) return usageError(`--lua-memory ${memory.problem}.`);
  const grace =
    maxGrace === undefined ? undefined : (await import("@sloth/dsl")).parseGrace(String(maxGrace));
  if (grace && "problem" in grace) return usageError(`--max-grace ${grace.problem}.`);
  const { parseTypedDuration } = await import("@sloth/dsl");
  const draining = drain === "0" ? { ms: 0 } : parseTypedDuration(String(drain));
  if ("problem" in draining) return usageError(`--drain ${drain} ${draining.problem}.`);
  const metrics = metricsPort === undefined ? undefined : wholeNumber(metricsPort, 0, 65535);
  if (metricsPort !== undefined && metrics === undefined)
    return usageError(`--metrics-port ${metricsPort} is not a port: a number from 0 to 65535.`);
  const format = LOG_FORMATS.find((known) => known === logFormat);
  if (!format) return usageError(`--log-format ${logFormat} is none of: ${LOG_FORMATS.join(", ")}.`);
  if (allowCommands === undefined && acceptEnv !== undefined)
    return usageError("--accept-env belongs to --allow-commands, without which tasks may set any variable.");
  if (allowCommands === "") return usageError("--allow-commands is empty: write none for no program.");
  return {
    kind: "serve",
    options: {
      port: portNumber,
      slots: slotCount,
      stateDirectory: stateDir as string | undefined,
      capacityBytes: capacity.bytes,
      luaMemoryLimitBytes: memory?.bytes,
      longestGraceMs: grace?.ms,
      metricsPort: metrics,
      drainMs: draining.ms,
      logFormat: format,
      passEnvironment: passEnv === undefined ? undefined : namesIn(passEnv),
      policy:
        allowCommands === undefined
          ? undefined
          : {
              programs: allowCommands === "none" ? [] : namesIn(allowCommands),
              acceptedVariables: namesIn(acceptEnv ?? ""),
            },
    },
  };
}

/** On a command line a bare number can only mean bytes. */
async function bytesOf(text: string): Promise<{ bytes: number } | { problem: string }> {
  if (/^\d{1,15}$/.test(text)) return { bytes: Number(text) };
  const { parseByteSize } = await import("@sloth/dsl");
  return parseByteSize(text);
}

function namesIn(list: string | string[]): string[] {
  return String(list)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function wholeNumber(text: unknown, min: number, max: number): number | undefined {
  const number = /^\d{1,6}$/.test(String(text)) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}
