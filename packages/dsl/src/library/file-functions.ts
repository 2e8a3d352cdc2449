import { resolve } from "node:path";
import type { FileStat, Host, HostFileSystem } from "../host.js";
import type { LuaValue } from "../model.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import type { Arguments, HostFunction } from "./host-function.js";

/** `fs.*`. Relative paths start at the task's working directory. */
export function fileFunctions(binding: HostBinding): Record<string, HostFunction> {
  const functions: Record<string, HostFunction> = {};
  const define = (name: string, operate: (call: Call) => LuaValue[]): void => {
    functions[name] = (args) => {
      const host = requireHost(binding, name);
      return operate({ fs: host.fs, host, args, path: (index) => resolve(host.workdir, args.text(index)) });
    };
  };
  for (const [name, question] of Object.entries(QUESTIONS)) define(name, (call) => [question(call)]);
  for (const [name, change] of Object.entries(CHANGES)) {
    define(name, (call) => {
      change(call);
      return [];
    });
  }
  return functions;
}

interface Call {
  fs: HostFileSystem;
  host: Host;
  args: Arguments;
  /** The argument at a position, as an absolute path. */
  path(position: number): string;
}

const QUESTIONS: Record<string, (call: Call) => LuaValue> = {
  "fs.read": ({ fs, path }) => fs.read(path(1)),
  "fs.ls": ({ fs, path }) => fs.list(path(1)),
  "fs.stat": ({ fs, path }) => statTable(fs.stat(path(1))),
  "fs.glob": ({ fs, host, args }) => fs.glob(host.workdir, args.text(1)),
  "fs.exists": ({ fs, path }) => fs.exists(path(1)),
  "fs.tmpname": ({ fs }) => fs.temporaryName(),
};

const CHANGES: Record<string, (call: Call) => void> = {
  "fs.write": ({ fs, path, args }) => fs.write(path(1), args.bytes(2)),
  "fs.append": ({ fs, path, args }) => fs.append(path(1), args.bytes(2)),
  "fs.mkdir": ({ fs, path }) => fs.mkdir(path(1)),
  "fs.rm": ({ fs, path }) => fs.remove(path(1)),
  "fs.rm_r": ({ fs, path }) => fs.removeTree(path(1)),
  "fs.copy": ({ fs, path }) => fs.copy(path(1), path(2)),
  "fs.move": ({ fs, path }) => fs.move(path(1), path(2)),
};

function statTable(stat: FileStat): LuaValue {
  return { kind: stat.kind, size: stat.sizeBytes, mode: stat.mode, modified_at: stat.modifiedAt };
}
