import { resolve } from "node:path";
import { didYouMean } from "../did-you-mean.js";
import { parseDuration } from "../duration.js";
import { type ExecOutcome, type ExecRequest, type Host, HostError } from "../host.js";
import type { LuaTable, LuaValue } from "../model.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import { type Arguments, type HostFunction, MisuseError } from "./host-function.js";

/** `exec.run` and `exec.command`. */
export function execFunctions(binding: HostBinding): Record<string, HostFunction> {
  return {
    "exec.run": (args) => {
      const host = requireHost(binding, "exec.run");
      return [outcomeTable(execute(host, readRequest(args, host)))];
    },
    "exec.command": (args) => {
      const host = requireHost(binding, "exec.command");
      const outcome = execute(host, { command: commandLine(args) });
      return [outcome.stdout, outcome.stderr, describeFailure(outcome)];
    },
  };
}

function execute(host: Host, request: ExecRequest): ExecOutcome {
  try {
    return host.exec(request);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { success: false, stdout: new Uint8Array(), stderr: new Uint8Array(), error: error.message };
  }
}

function outcomeTable(outcome: ExecOutcome): LuaTable {
  return {
    success: outcome.success,
    stdout: outcome.stdout,
    stderr: outcome.stderr,
    exit_code: outcome.exitCode ?? null,
    signal: outcome.signal ?? null,
    error: outcome.error ?? null,
  };
}

function describeFailure(outcome: ExecOutcome): string | null {
  if (outcome.success) return null;
  if (outcome.error) return outcome.error;
  return outcome.signal ? `ended by ${outcome.signal}` : `exit code ${outcome.exitCode ?? "unknown"}`;
}

/** The first argument is a command line; every further one reaches the command as it is. */
function commandLine(args: Arguments): string {
  const words = [args.text(1)];
  for (let position = 2; position <= args.count; position++) {
    words.push(`'${args.text(position).replaceAll("'", "'\\''")}'`);
  }
  return words.join(" ");
}

function readRequest(args: Arguments, host: Host): ExecRequest {
  const request: ExecRequest = { command: args.text(1) };
  const options = args.count > 1 ? args.value(2, "options") : null;
  for (const [name, value] of Object.entries(options ?? {})) {
    const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (!read)
      throw new MisuseError(`exec.run: unknown option "${name}"${didYouMean(name, Object.keys(OPTIONS))}`);
    read(request, value, host);
  }
  return request;
}

const OPTIONS: Record<string, (request: ExecRequest, value: LuaValue, host: Host) => void> = {
  workdir: (request, value, host) => {
    request.workdir = resolve(host.workdir, asText("workdir", value));
  },
  env: (request, value) => {
    request.env = asEnvironment(value);
  },
  stdin: (request, value) => {
    if (value instanceof Uint8Array) request.stdin = value;
    else if (typeof value === "string") request.stdin = Buffer.from(value);
    else throw new MisuseError("exec.run: stdin must be a string");
  },
  timeout: (request, value) => {
    const duration = parseDuration(value);
    if ("problem" in duration) throw new MisuseError(`exec.run: timeout ${duration.problem}`);
    request.timeoutMs = duration.ms;
  },
  shell: (request, value) => {
    request.shell = asText("shell", value);
  },
};

function asEnvironment(value: LuaValue): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array)
    throw new MisuseError("exec.run: env must be a table of names and strings");
  const environment: Record<string, string> = Object.create(null);
  for (const [name, entry] of Object.entries(value)) {
    if (name === "" || /[=\0]/.test(name))
      throw new MisuseError(`exec.run: env has the impossible name "${name}"`);
    const scalar = typeof entry === "number" || typeof entry === "bigint" ? String(entry) : entry;
    environment[name] = asText(`env.${name}`, scalar);
  }
  return environment;
}

function asText(name: string, value: LuaValue): string {
  if (typeof value !== "string") throw new MisuseError(`exec.run: ${name} must be a string of valid UTF-8`);
  if (value.includes("\0")) throw new MisuseError(`exec.run: ${name} contains a NUL byte`);
  return value;
}
