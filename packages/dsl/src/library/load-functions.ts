import { posix } from "node:path";
import { didYouMean } from "../did-you-mean.js";
import { HostError } from "../host.js";
import { GROUP_FIELDS, TASK_FIELDS } from "../load/known-fields.js";
import type { LuaValue } from "../model.js";
import { prepareSource } from "../source/prepare-source.js";
import type { HostBinding } from "./host-binding.js";
import { type HostFunction, MisuseError } from "./host-function.js";

/** What the builders of the fluent form take. */
const METHODS: Record<string, readonly string[]> = {
  task: [...TASK_FIELDS.supported, "build", "run"],
  "workflow.define": [...GROUP_FIELDS.supported, "config", "build"],
};

/** What `import`, `require`, `values` and `env` are made of. */
export function loadFunctions(binding: HostBinding): Record<string, HostFunction> {
  return {
    "load.main": () => [binding.file],
    "load.import": (args) => openImport(binding, args.text(1), args.text(2)),
    "load.require": (args) => openModule(binding, args.text(1)),
    suggest: (args) => [didYouMean(args.text(2), METHODS[args.text(1)] ?? [])],
    values: () => [binding.context.values ?? Object.create(null)],
    "env.get": (args) => [
      binding.host ? (binding.host.env(args.text(1)) ?? null) : loadEnvironment(binding, args.text(1)),
    ],
  };
}

/** The variable is kept with the load context, so that loading elsewhere sees the same. */
function loadEnvironment({ environment }: HostBinding, name: string): LuaValue {
  return environment(name) ?? null;
}

/** @param from - the file that imports, to which the path is relative; gives the file's name and its text */
function openImport(binding: HostBinding, path: string, from: string): LuaValue[] {
  if (path === "" || posix.isAbsolute(path))
    throw new MisuseError(`import: "${path}" is not a path relative to the file that imports it`);
  const name = posix.normalize(posix.join(posix.dirname(from), path));
  const bytes = binding.files.read(name);
  if (bytes !== undefined) return [name, prepareSource(bytes)];
  const when = binding.host ? " It was not read while the workflow was loaded." : "";
  throw new HostError(`import: there is no file "${name}", which ${from} imports.${when}`);
}

/** A module beside the workflow: `a.b` is `a/b.lua` or `a/b/init.lua`. */
function openModule(binding: HostBinding, module: string): LuaValue[] {
  const base = posix.join(posix.dirname(binding.file), module.replaceAll(".", "/"));
  const candidates = [`${base}.lua`, `${base}/init.lua`];
  for (const name of candidates) {
    const bytes = binding.files.read(name);
    if (bytes !== undefined) return [name, prepareSource(bytes)];
  }
  const tried = candidates.map((name) => `\n\tno file "${name}" beside the workflow`).join("");
  throw new HostError(`module '${module}' not found:\n\tno built-in module '${module}'${tried}`);
}
