import { relative, resolve, sep } from "node:path";
import type { FileStat, Host, HostFileSystem } from "../host.js";
import type { LuaValue } from "../model.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import { type Arguments, type HostFunction, MisuseError } from "./host-function.js";
import { existsRecorded, readRecorded } from "./recorded-files.js";

/** `fs.*`. Relative paths start at the task's working directory. */
export function fileFunctions(binding: HostBinding): Record<string, HostFunction> {
  const functions: Record<string, HostFunction> = {};
  const define = (name: string, operate: (call: Call) => LuaValue[]): void => {
    functions[name] = (args) => {
      const host = requireHost(binding, name);
      return operate({ fs: host.fs, host, args, path: (index) => absolutePath(host, name, args, index) });
    };
  };
  for (const [name, question] of Object.entries(QUESTIONS)) define(name, (call) => [question(call)]);
  for (const [name, change] of Object.entries(CHANGES)) {
    define(name, (call) => {
      change(call);
      return [];
    });
  }
  return { ...functions, ...whileLoading(binding, functions) };
}

/** Those that also answer while a workflow is being loaded, from its directory. */
function whileLoading(
  binding: HostBinding,
  functions: Record<string, HostFunction>,
): Record<string, HostFunction> {
  const or = (name: string, load: (args: Arguments) => LuaValue): HostFunction => {
    return (args) => (binding.host ? (functions[name]?.(args) ?? []) : [load(args)]);
  };
  return {
    "fs.read": or("fs.read", (args) => readRecorded(binding, "fs.read", args.text(1))),
    "fs.exists": or("fs.exists", (args) => existsRecorded(binding, "fs.exists", args.text(1))),
  };
}

/** An empty path would be the working directory itself, which is hardly ever meant. */
export function absolutePath(host: Host, name: string, args: Arguments, position: number): string {
  const text = args.text(position);
  if (text === "") throw new MisuseError(`bad argument #${position} to '${name}' (the path is empty)`);
  return resolve(host.workdir, text);
}

/** Not the directory that the task stands in, nor one above it. */
function removeTree(call: Call): void {
  const path = call.path(1);
  const fromThere = relative(path, call.host.workdir);
  const isAbove = fromThere === "" || !(fromThere === ".." || fromThere.startsWith(`..${sep}`));
  if (isAbove) throw new MisuseError(`fs.rm_r: "${path}" holds the working directory of the task`);
  call.fs.removeTree(path);
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
  "fs.rm_r": removeTree,
  "fs.copy": ({ fs, path }) => fs.copy(path(1), path(2)),
  "fs.move": ({ fs, path }) => fs.move(path(1), path(2)),
};

function statTable(stat: FileStat): LuaValue {
  return { kind: stat.kind, size: stat.sizeBytes, mode: stat.mode, modified_at: stat.modifiedAt };
}
