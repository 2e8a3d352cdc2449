import { isAbsolute, relative, resolve } from "node:path";
import type { LuaValue } from "../model.js";
import { prepareSource } from "../source/prepare-source.js";
import type { HostBinding } from "./host-binding.js";
import type { HostFunction } from "./host-function.js";
import { readRecorded } from "./recorded-files.js";

/** What `dofile` and `loadfile` are made of: the text of a file as Lua wants it, and a short name for it. */
export function chunkFunctions(binding: HostBinding): Record<string, HostFunction> {
  return { "load.file": (args) => readChunk(binding, args.text(1), args.text(2)) };
}

function readChunk(binding: HostBinding, caller: string, path: string): LuaValue[] {
  const { host } = binding;
  if (!host) return [prepareSource(readRecorded(binding, caller, path)), path];
  const absolute = resolve(host.workdir, path);
  const inside = relative(host.workdir, absolute);
  const name = isAbsolute(path) && !inside.startsWith("..") ? inside : path;
  return [prepareSource(host.fs.read(absolute)), name];
}
