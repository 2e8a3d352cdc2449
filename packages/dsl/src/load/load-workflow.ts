import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Bundle } from "../bundle/bundle.js";
import { DslError } from "../dsl-error.js";
import type { LogRecord } from "../host.js";
import type { LoadContext } from "../load-context.js";
import { DEFAULT_MEMORY_LIMIT_BYTES } from "../lua/memory-limit.js";
import type { LuaTable, Workflow } from "../model.js";
import { DEFAULT_LOAD_TIMEOUT_MS, evaluateWorkflow } from "./evaluate-workflow.js";
import { RecordedFiles } from "./source-files.js";

export interface LoadWorkflowOptions {
  /** Loads as an earlier run did. Default: the clock of now, the given values and this process's environment. */
  context?: LoadContext;
  /** What Lua has as `values`. Default: nothing. */
  values?: LuaTable;
  /** The environment that loading may read. Default: this process's. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Cap of the memory that Lua has for loading, in bytes. Default: 512 MiB. */
  memoryLimitBytes?: number | undefined;
  /**
   * Milliseconds that the file's code may run outside of its functions. Default: 30 s. One call of the standard
   * library that never returns is not ended.
   */
  loadTimeoutMs?: number;
  /** Gets what the file logs outside of its functions. Default: dropped. */
  onLog?: (record: LogRecord) => void;
  /** Gets what the file prints outside of its functions. Default: dropped. */
  onPrint?: (bytes: Uint8Array) => void;
}

export interface LoadedWorkflow {
  workflow: Workflow;
  /** What loading it elsewhere needs. */
  bundle: Bundle;
  context: LoadContext;
  /** Absolute directory of the workflow file; names in the bundle are relative to it. */
  directory: string;
}

/**
 * Loads and validates a workflow file. Its code runs, but nothing that it could do to the system:
 * `exec` and `fs` are refused until a task's function is called.
 *
 * @throws {DslError} FILE_NOT_FOUND, SYNTAX, SCRIPT_ERROR or INVALID_WORKFLOW.
 */
export async function loadWorkflow(path: string, options: LoadWorkflowOptions = {}): Promise<LoadedWorkflow> {
  const absolute = resolve(path);
  const source = readSource(absolute, path);
  const directory = dirname(absolute);
  const file = basename(absolute);
  const files = new RecordedFiles(directory);
  files.files.set(file, source);
  const context = options.context ?? {
    clockMs: Date.now(),
    ...(options.values && { values: options.values }),
  };
  const { environment, seen } = environmentOf(options);
  const { onLog, onPrint, memoryLimitBytes = DEFAULT_MEMORY_LIMIT_BYTES } = options;
  const { loadTimeoutMs = DEFAULT_LOAD_TIMEOUT_MS } = options;
  const binding = { host: undefined, file, files, context, environment, onLog, onPrint };
  const { workflow } = await evaluateWorkflow({ source, binding, memoryLimitBytes, loadTimeoutMs });
  const read = seen.size > 0 ? { environment: Object.fromEntries(seen) } : {};
  return { workflow, bundle: { files: files.files }, context: { ...context, ...read }, directory };
}

/** The variables as they were in an earlier loading, else as they are; and those that were asked for. */
function environmentOf({ context, environment: own = process.env }: LoadWorkflowOptions) {
  const seen = new Map<string, string | null>();
  const environment = (name: string) => {
    const value = variableIn(context ? context.environment : own, name);
    seen.set(name, value ?? null);
    return value ?? undefined;
  };
  return { environment, seen };
}

/** Not what every object has, such as `constructor`. */
function variableIn(
  environment: Readonly<Record<string, string | null | undefined>> | undefined,
  name: string,
) {
  return environment && Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function readSource(absolute: string, path: string): Uint8Array {
  try {
    return readFileSync(absolute);
  } catch (cause) {
    throw new DslError("FILE_NOT_FOUND", `Cannot read the workflow file ${path}: ${explain(cause)}`, {
      cause,
    });
  }
}

function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a directory";
  if (code === "EACCES") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
