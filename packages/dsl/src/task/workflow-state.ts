import { decodeBundle } from "../bundle/encode-bundle.js";
import { DslError } from "../dsl-error.js";
import type { Host } from "../host.js";
import type { HostBinding } from "../library/host-binding.js";
import {
  DEFAULT_LOAD_TIMEOUT_MS,
  type EvaluatedWorkflow,
  evaluateWorkflow,
} from "../load/evaluate-workflow.js";
import { filesOf } from "../load/source-files.js";
import { callProtected } from "../lua/call-protected.js";
import { pushReference } from "../lua/lua-state.js";
import { type MemoryImage, takeImage } from "../lua/memory-image.js";
import { DEFAULT_MEMORY_LIMIT_BYTES } from "../lua/memory-limit.js";
import { pushValue } from "../lua/push-value.js";
import type { TaskState, WorkflowStateOptions } from "../task-state.js";
import { callFunction, callGroupFunction } from "./call-function.js";

/** A thread in which Lua has had more than this is not worth keeping. */
const LARGE_MEMORY_BYTES = 64 * 1024 * 1024;

/** Loads a workflow for its functions. @throws {DslError} as `openTaskState` */
export async function openWorkflowState(options: WorkflowStateOptions): Promise<WorkflowState> {
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
  return new WorkflowState(evaluated, binding, memoryLimitBytes);
}

/**
 * A state in which a workflow has been loaded, for one task after the other: each finds it exactly as loading has left
 * it, as if it had been loaded for this task alone.
 */
export class WorkflowState {
  readonly #evaluated: EvaluatedWorkflow;
  readonly #binding: HostBinding;
  readonly #memoryLimitBytes: number;
  #image: MemoryImage | undefined;

  /** @internal */
  constructor(evaluated: EvaluatedWorkflow, binding: HostBinding, memoryLimitBytes: number) {
    this.#evaluated = evaluated;
    this.#binding = binding;
    this.#memoryLimitBytes = memoryLimitBytes;
  }

  /**
   * Remembers what loading has made, so that {@link reset} can put it back. Costs a copy of it, and so is only for who
   * expects another task. Does nothing where the state cannot be put back: a file that is open since the workflow was
   * loaded has a place in it that moves.
   */
  remember(): void {
    const { lua, library } = this.#evaluated;
    if (library.files.isInitial) this.#image ??= takeImage(lua);
  }

  /** The state, for one task. The one before must have been closed, and {@link reset}. */
  openTask(host: Host): TaskState {
    const evaluated = this.#evaluated;
    const { lua, library } = evaluated;
    const [binding, memoryLimitBytes] = [this.#binding, this.#memoryLimitBytes];
    reseed(evaluated);
    binding.host = host;
    let closed = false;
    const checkOpen = () => {
      if (closed) throw new Error("The task state is closed");
    };
    return {
      call: (address, args) => {
        checkOpen();
        binding.call = args.ctx;
        return callFunction(evaluated, address, args, memoryLimitBytes);
      },
      callGroup: (address, args) => {
        checkOpen();
        return callGroupFunction(evaluated, address, args, memoryLimitBytes);
      },
      get isClean() {
        return !lua.broken && lua.api.HEAPU8.byteLength <= LARGE_MEMORY_BYTES;
      },
      // Finalizers of the script must not run any more, so the instance is left to the garbage collector.
      close: () => {
        closed = true;
        library.files.closeAll();
      },
    };
  }

  /** Puts back what {@link remember} has seen. False where that cannot be: this state is of no use any more then. */
  reset(): boolean {
    this.#evaluated.library.memory.clear();
    this.#binding.host = undefined;
    this.#binding.call = undefined;
    return this.#image?.restore() ?? false;
  }
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
