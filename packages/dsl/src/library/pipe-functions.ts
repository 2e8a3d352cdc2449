import { constants } from "node:os";
import { type ExecOutcome, HostError } from "../host.js";
import type { LuaValue } from "../model.js";
import { sinkTo, sourceOfBytes } from "./byte-files.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import type { HostFunction } from "./host-function.js";
import type { OpenFiles } from "./open-files.js";
import type { TaskMemory } from "./task-memory.js";
import { begin, type WaitingFunction } from "./waiting-calls.js";

/** Bytes that can be written to a command, since they are kept until it runs. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * What `io.popen` is made of. A command does not run beside the script: one that is read from has ended when
 * its handle is there, and one that is written to starts when its handle is closed.
 */
export function pipeFunctions(
  binding: HostBinding,
  files: OpenFiles,
  memory: TaskMemory,
): { atOnce: Record<string, HostFunction>; waiting: Record<string, WaitingFunction> } {
  const inputs = memory.map<number, CommandInput>();
  return {
    atOnce: {
      "io.popen.w": (args) => {
        requireHost(binding, "io.popen");
        const input = new CommandInput(args.text(1));
        const number = files.add(sinkTo((bytes) => input.add(bytes)));
        inputs.set(number, input);
        return [number];
      },
    },
    waiting: {
      "io.popen": (args, host) => {
        return begin(host, "exec", { command: args.text(1), output: "returned" }, (outcome) => {
          const ended = howItEnded(outcome);
          return [files.add(sourceOfBytes(outcome.stdout), { finish: () => ended })];
        });
      },
      "io.finish": (args, host) => {
        const number = Number(args.value(1, "file"));
        const input = inputs.get(number);
        if (!input) throw new Error(`No command waits for the file ${number}`);
        inputs.delete(number);
        files.close(number);
        return begin(host, "exec", { ...input.request(), output: "shown" }, howItEnded);
      },
    },
  };
}

class CommandInput {
  readonly #chunks: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor(private readonly command: string) {}

  add(bytes: Uint8Array): void {
    if (this.#sizeBytes + bytes.length > LIMIT_BYTES) throw new HostError("File too large", "EFBIG");
    this.#sizeBytes += bytes.length;
    this.#chunks.push(bytes);
  }

  request(): { command: string; stdin: Uint8Array } {
    return { command: this.command, stdin: Buffer.concat(this.#chunks) };
  }
}

/**
 * For Lua: `true` or nothing, `"exit"` or `"signal"`, and the number of that.
 *
 * @throws {HostError} when it could not be started, or when not all of its output could be kept
 */
export function howItEnded({ success, exitCode, signal, error }: ExecOutcome): LuaValue[] {
  if (error !== undefined) throw new HostError(error);
  if (signal === undefined) return [success || null, "exit", exitCode ?? 0];
  const { signals } = constants;
  return [null, "signal", Object.hasOwn(signals, signal) ? signals[signal as keyof typeof signals] : 0];
}
