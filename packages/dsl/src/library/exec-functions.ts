import { resolve } from "node:path";
import type { ExecOutcome, ExecRequest, Host } from "../host.js";
import type { LuaTable } from "../model.js";
import { CallOptions } from "./call-options.js";
import type { Arguments } from "./host-function.js";
import { begin, type WaitingFunction } from "./waiting-calls.js";

/** `exec.run` and `exec.command`. */
export const execFunctions: Record<string, WaitingFunction> = {
  "exec.run": (args, host) => {
    return begin(host, "exec", readRequest(args, host), (outcome) => [outcomeTable(outcome)]);
  },
  "exec.command": (args, host) => {
    return begin(host, "exec", { command: commandLine(args) }, (outcome) => [
      outcome.stdout,
      outcome.stderr,
      describeFailure(outcome) ?? null,
    ]);
  },
};

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

/** Why a process is not a success, for a person. */
export function describeFailure(outcome: ExecOutcome): string | undefined {
  if (outcome.success) return undefined;
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
  const given = args.count > 1 ? args.value(2, "options") : null;
  const options = new CallOptions("exec.run", given, ["workdir", "env", "stdin", "timeout", "shell"]);
  const workdir = options.text("workdir");
  return {
    command: args.text(1),
    ...(workdir !== undefined && { workdir: resolve(host.workdir, workdir) }),
    env: options.environment("env"),
    stdin: options.bytes("stdin"),
    timeoutMs: options.durationMs("timeout"),
    shell: options.text("shell"),
  };
}
