import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleDigest, encodeBundle, loadWorkflow } from "@sloth/dsl";
import { onTestFinished } from "vitest";
import type { Attempt, TaskEvent, TaskResult, TaskRunner } from "../task-runner.js";

/** A fresh directory that is removed when the test has finished. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "sloth-runtime-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An attempt at a shell script in a fresh workspace. */
export function shellAttempt(script: string, changes: Partial<Attempt> = {}): Attempt {
  return {
    runId: "run",
    group: "group",
    task: "task",
    number: 1,
    command: { kind: "shell", script },
    workspace: temporaryDirectory(),
    workdir: "",
    params: {},
    deps: {},
    env: {},
    umask: process.umask(),
    graceMs: 500,
    ...changes,
  };
}

/** An attempt at a Lua function with this body in a fresh workspace. */
export async function luaAttempt(body: string, changes: Partial<Attempt> = {}): Promise<Attempt> {
  const path = join(temporaryDirectory(), "workflow.lua");
  writeFileSync(
    path,
    `TaskDefinitions = { group = { tasks = { { name = "task", command = function(params, deps, ctx) ${body} end } } } }`,
  );
  const { workflow, bundle, context } = await loadWorkflow(path);
  const bytes = encodeBundle(bundle);
  const source = { bundle: bytes, bundleDigest: bundleDigest(bytes), file: workflow.file, context };
  return {
    ...shellAttempt(""),
    command: { kind: "lua", at: { file: workflow.file, line: 1 } },
    workflow: { ...source, modelHash: workflow.modelHash },
    ...changes,
  };
}

/** Starts an attempt that nobody aborts. */
export function start(runner: TaskRunner, attempt: Attempt): AsyncIterable<TaskEvent> {
  return runner.run(attempt, { signal: new AbortController().signal });
}

/** Runs an attempt to its end. */
export async function resultOf(runner: TaskRunner, attempt: Attempt): Promise<TaskResult> {
  for await (const event of start(runner, attempt)) {
    if (event.type === "result") return event.result;
  }
  throw new Error("The attempt ended without a result");
}
