import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleDigest, encodeBundle, loadWorkflow, type TaskHook } from "@sloth/dsl";
import type { Attempt } from "@sloth/runtime";
import type { ContractSubject } from "./subject.js";

let runs = 0;

/** An attempt at a shell script. */
export function shellAttempt(
  { workspace }: ContractSubject,
  script: string,
  changes: Partial<Attempt> = {},
): Attempt {
  return {
    runId: `contract-${process.pid}-${++runs}`,
    group: "contract",
    task: "subject",
    number: 1,
    command: { kind: "shell", script },
    workspace,
    workdir: "",
    params: {},
    deps: {},
    env: {},
    umask: 0o022,
    graceMs: 500,
    ...changes,
  };
}

/** An attempt at a Lua function with this body. */
export function luaAttempt(
  subject: ContractSubject,
  body: string,
  changes: Partial<Attempt> = {},
): Promise<Attempt> {
  return taskAttempt(subject, `command = function(params, deps, ctx)\n${body}\n end`, changes);
}

/** An attempt at a task with these fields, its hooks with it. `before` stands before the table of groups, in its line. */
export async function taskAttempt(
  subject: ContractSubject,
  fields: string,
  changes: Partial<Attempt> = {},
  before = "",
): Promise<Attempt> {
  const directory = await mkdtemp(join(tmpdir(), "sloth-contract-"));
  try {
    const file = join(directory, "workflow.lua");
    await writeFile(file, workflowWith(fields, before));
    const { workflow, bundle, context } = await loadWorkflow(file);
    const bytes = encodeBundle(bundle);
    const task = workflow.groups[0]?.tasks[0];
    if (!task) throw new Error("The workflow has no task");
    return {
      ...shellAttempt(subject, ""),
      command: task.command,
      hooks: Object.keys(task.hooks ?? {}) as TaskHook[],
      workflow: {
        bundle: bytes,
        bundleDigest: bundleDigest(bytes),
        file: workflow.file,
        context,
        modelHash: workflow.modelHash,
      },
      ...changes,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function workflowWith(fields: string, before: string): string {
  return `${before} TaskDefinitions = { contract = { tasks = {
    { name = "subject", ${fields}
    },
  } } }`;
}
