import type { CallKind, EndedCall, Host, HostCalls } from "../host.js";
import type { LuaValue } from "../model.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import { type Arguments, type HostFunction, MisuseError } from "./host-function.js";
import type { TaskMemory } from "./task-memory.js";

/** A function of the library that takes time: how it begins, and what its outcome is for Lua. */
export type WaitingFunction = (args: Arguments, host: Host) => Begun;

interface Begun {
  id: number;
  finish(ended: EndedCall): LuaValue[];
}

/** Begins a call of the host. */
export function begin<Kind extends CallKind>(
  host: Host,
  kind: Kind,
  request: HostCalls[Kind]["request"],
  finish: (outcome: HostCalls[Kind]["outcome"]) => LuaValue[],
): Begun {
  const id = host.begin(kind, request);
  return { id, finish: ({ outcome }) => finish(outcome as HostCalls[Kind]["outcome"]) };
}

/**
 * How Lua waits for what takes time (prelude.ts):
 *
 * 1. `begin(name, …)` starts it and gives its number.
 * 2. `await({ numbers })` blocks until one of them has ended, and gives its number.
 * 3. `take(number)` gives the results.
 *
 * Between 1 and 2 a branch of `parallel` lets the others go on.
 */
export function waitingFunctions(
  binding: HostBinding,
  memory: TaskMemory,
  functions: Record<string, WaitingFunction>,
): Record<string, HostFunction> {
  const begun = memory.map<number, Begun>();
  const ended = memory.map<number, EndedCall>();
  return {
    begin: (args) => {
      const name = args.text(1);
      const call = functions[name]?.(args.from(2), requireHost(binding, name));
      if (!call) throw new Error(`There is no function ${name} that takes time`);
      begun.set(call.id, call);
      return [call.id];
    },
    await: (args) => {
      const ids = args.value(1, "calls") as number[];
      const host = requireHost(binding, "await");
      for (;;) {
        const id = ids.find((one) => ended.has(one));
        if (id !== undefined) return [id];
        const next = host.next();
        ended.set(next.id, next);
      }
    },
    take: (args) => {
      const id = args.value(1, "call") as number;
      const [call, end] = [begun.get(id), ended.get(id)];
      if (!call || !end) throw new MisuseError(`the call ${id} has not ended`);
      begun.delete(id);
      ended.delete(id);
      return call.finish(end);
    },
  };
}
