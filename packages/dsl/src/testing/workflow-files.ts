import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { encodeBundle } from "../bundle/encode-bundle.js";
import { DslError } from "../dsl-error.js";
import { type LoadedWorkflow, type LoadWorkflowOptions, loadWorkflow } from "../load/load-workflow.js";
import type { LuaTable } from "../model.js";
import { openTaskState } from "../task/open-task-state.js";
import type { CommandOutcome, TaskState, TaskStateOptions } from "../task-state.js";
import { type TemporaryHost, temporaryHost } from "./temporary-host.js";

/** Makes temporary directories that are removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "sloth-dsl-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const root = temporaryDirectory();
let count = 0;

/** Writes a workflow file of its own directory's. */
export function writeWorkflow(source: string | Uint8Array, name = "workflow.lua"): string {
  const path = join(mkdtempSync(join(root, `${count++}-`)), name);
  writeFileSync(path, source);
  return path;
}

/** Writes files into a directory of their own; gives the path of the first one. */
export function writeWorkflows(files: Record<string, string>): string {
  const directory = mkdtempSync(join(root, `${count++}-`));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return join(directory, Object.keys(files)[0] ?? "");
}

export function load(source: string | Uint8Array, options?: LoadWorkflowOptions): Promise<LoadedWorkflow> {
  return loadWorkflow(writeWorkflow(source), options);
}

/** The error that loading ends with. */
export async function loadError(source: string | Uint8Array): Promise<DslError> {
  return caught(load(source));
}

export async function caught(promise: Promise<unknown>): Promise<DslError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DslError) return error;
  throw error ?? new Error("It was expected to fail");
}

/** A workflow of one group `g` with one task `t` whose command has this body. */
export function commandWorkflow(body: string): string {
  return `TaskDefinitions = { g = { tasks = { t = { command = function(params, deps, ctx)\n${body}\nend } } } }`;
}

export interface OpenedState {
  state: TaskState;
  host: TemporaryHost;
  call(params?: LuaTable, deps?: LuaTable): CommandOutcome;
}

/** Loads a workflow twice, as a master and an agent do. */
export async function openState(
  source: string,
  options: Partial<TaskStateOptions> = {},
): Promise<OpenedState> {
  const loaded = await load(source);
  const host = temporaryHost(loaded.directory);
  const state = await openTaskState({
    bundle: encodeBundle(loaded.bundle),
    file: loaded.workflow.file,
    context: loaded.context,
    modelHash: loaded.workflow.modelHash,
    host,
    ...options,
  });
  const ctx = { name: "t", group: "g", workdir: host.workdir, attempt: 1, runId: "r1" };
  const address = { group: "g", task: "t", field: "command" as const };
  return { state, host, call: (params = {}, deps = {}) => state.call(address, { params, deps, ctx }) };
}

/** Runs the body of a command and gives its outcome. */
export async function run(body: string, params?: LuaTable, deps?: LuaTable): Promise<CommandOutcome> {
  return (await openState(commandWorkflow(body))).call(params, deps);
}
