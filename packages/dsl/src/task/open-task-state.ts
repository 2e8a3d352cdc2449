import { decodeBundle } from "../bundle/encode-bundle.js";
import { DslError } from "../dsl-error.js";
import type { HostBinding } from "../library/host-binding.js";
import {
  DEFAULT_LOAD_TIMEOUT_MS,
  type EvaluatedWorkflow,
  evaluateWorkflow,
} from "../load/evaluate-workflow.js";
import { filesOf } from "../load/source-files.js";
import { callProtected } from "../lua/call-protected.js";
import { pushReference } from "../lua/lua-state.js";
import { DEFAULT_MEMORY_LIMIT_BYTES } from "../lua/memory-limit.js";
import { pushValue } from "../lua/push-value.js";
import type { TaskState, TaskStateOptions } from "../task-state.js";
import { callFunction, callGroupFunction } from "./call-function.js";

/** A thread in which Lua has had more than this is not worth keeping. */
const LARGE_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Loads a workflow again in a fresh state, so that its functions can be called against a host.
 *
 * What the file logs and prints while it is loaded is dropped: whoever loaded it first has seen it.
 *
 * @throws {DslError} BUNDLE_INVALID, MODEL_MISMATCH, and what `loadWorkflow` throws.
 */
export async function openTaskState(options: TaskStateOptions): Promise<TaskState> {
  const files = filesOf(decodeBundle(options.bundle));
  const source = files.read(options.file);
  if (!source)
    throw new DslError("BUNDLE_INVALID", `The bundle holds no file ${JSON.stringify(options.file)}`);
  const { file, context, memoryLimitBytes = DEFAULT_MEMORY_LIMIT_BYTES } = options;
  const seen = new Map(Object.entries(context.environment ?? {}));
  const environment = (name: string) => seen.get(name) ?? undefined;
  const binding: HostBinding = { host: undefined, file, files, context, environment };
  const evaluated = await evaluateWorkflow({
    source,
    binding,
    memoryLimitBytes,
    loadTimeoutMs: DEFAULT_LOAD_TIMEOUT_MS,
  });
  checkHash(evaluated.workflow.modelHash, options.modelHash, file);
  reseed(evaluated);
  binding.host = options.host;
  let closed = false;
  return {
    call: (address, args) => {
      if (closed) throw new Error("The task state is closed");
      binding.call = args.ctx;
      return callFunction(evaluated, address, args, memoryLimitBytes);
    },
    callGroup: (address, args) => {
      if (closed) throw new Error("The task state is closed");
      return callGroupFunction(evaluated, address, args, memoryLimitBytes);
    },
    get isClean() {
      return !evaluated.lua.broken && evaluated.lua.api.HEAPU8.byteLength <= LARGE_MEMORY_BYTES;
    },
    // Finalizers of the script must not run any more, so the instance is left to the garbage collector.
    close: () => {
      closed = true;
      binding.closeFiles?.();
    },
  };
}

function checkHash(actual: string, expected: string, file: string): void {
  if (actual === expected) return;
  throw new DslError(
    "MODEL_MISMATCH",
    `Loading ${file} again gave another model: expected ${expected}, got ${actual}. ` +
      "What a workflow defines must not depend on anything but its files and the load context",
  );
}

/** Loading is reproducible; tasks that run must not draw the same numbers as their neighbours. */
function reseed({ lua, hidden }: EvaluatedWorkflow): void {
  const seed = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  pushReference(lua, hidden.randomSeed);
  pushValue(lua, lua.main, seed.readBigInt64LE(0));
  pushValue(lua, lua.main, seed.readBigInt64LE(8));
  callProtected(lua, 2, 0);
}
