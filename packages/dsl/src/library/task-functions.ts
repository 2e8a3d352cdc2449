import { resolve } from "node:path";
import type { ExecOutcome, Host, RemoteOutcome, TaskRequest } from "../host.js";
import { parseDelegation } from "../load/delegation.js";
import type { Delegation, LuaValue } from "../model.js";
import { CallOptions } from "./call-options.js";
import { describeFailure } from "./exec-functions.js";
import { begin, type WaitingFunction } from "./waiting-calls.js";

const FIELDS = ["name", "script", "group", "params", "env", "workdir", "timeout", "delegate_to"];

/**
 * `task(…):run()` of what is not a function of this state: a script here or elsewhere, or a task of the workflow
 * elsewhere (`parallel-library.ts`). Gives `success, message, outputs` as a command does.
 */
export const taskFunctions: Record<string, WaitingFunction> = {
  "task.run": (args, host) => {
    const task = args.value(1, "task");
    const name = String((task as { name?: unknown }).name);
    const fields = new CallOptions(`task "${name}"`, task, FIELDS);
    const script = fields.text("script");
    const workdir = fields.text("workdir");
    const shared = {
      ...(workdir !== undefined && { workdir: resolve(host.workdir, workdir) }),
      timeoutMs: fields.durationMs("timeout"),
    };
    const env = fields.environment("env");
    const delegateTo = delegation(fields, host);
    if (!delegateTo) {
      return begin(host, "exec", { command: script ?? "", env, ...shared }, (outcome) => results(outcome));
    }
    const request: TaskRequest = {
      name,
      delegateTo,
      command:
        script === undefined
          ? { kind: "declared", group: fields.text("group") ?? "", task: name }
          : { kind: "shell", script },
      params: fields.table("params") ?? {},
      env: env ?? {},
      ...shared,
    };
    return begin(host, "task", request, (outcome) => {
      if (outcome.exports) host.export(outcome.exports);
      return results(outcome);
    });
  },
};

function delegation(fields: CallOptions, host: Host): Delegation | false {
  const parsed = parseDelegation(fields.value("delegate_to") ?? false);
  if ("problem" in parsed) throw fields.mistake(`delegate_to ${parsed.problem}`);
  if (parsed.value && !host.delegates)
    throw fields.mistake(
      "only a function that runs on the master can delegate a task; this one runs on an agent",
    );
  return parsed.value;
}

function results(outcome: ExecOutcome & RemoteOutcome): LuaValue[] {
  const { success, stdout, stderr, exitCode, signal } = outcome;
  const ended = { stdout, stderr, exit_code: exitCode ?? null, signal: signal ?? null };
  return [success, outcome.message ?? describeFailure(outcome) ?? null, outcome.outputs ?? ended];
}
