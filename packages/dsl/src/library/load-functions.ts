import { posix } from "node:path";
import { didYouMean } from "../did-you-mean.js";
import { HostError } from "../host.js";
import { GROUP_FIELDS, TASK_FIELDS } from "../load/known-fields.js";
import type { LuaValue } from "../model.js";
import { prepareSource } from "../source/prepare-source.js";
import { contextTable } from "../task/context-table.js";
import type { HostBinding } from "./host-binding.js";
import { type HostFunction, MisuseError } from "./host-function.js";

/** The fields that the builders of the fluent form set, and what they have besides. */
const BUILDERS: Record<string, { fields: readonly string[]; besides: readonly string[] }> = {
  task: { fields: TASK_FIELDS.supported, besides: ["build", "run"] },
  "workflow.define": { fields: GROUP_FIELDS.supported, besides: ["config", "build"] },
};

/** What `import`, `require`, `values`, `env`, the fluent form and tasks that functions run are made of. */
export function loadFunctions(binding: HostBinding): Record<string, HostFunction> {
  const builder = (kind: string) => BUILDERS[kind] ?? { fields: [], besides: [] };
  return {
    "load.main": () => [binding.file],
    "load.import": (args) => openImport(binding, args.text(1), args.text(2)),
    "load.require": (args) => openModule(binding, args.text(1)),
    fields: (args) => [builder(args.text(1)).fields.filter((field) => field !== "name")],
    suggest: (args) => {
      const { fields, besides } = builder(args.text(1));
      return [didYouMean(args.text(2), [...fields, ...besides])];
    },
    delegates: () => [binding.host?.delegates === true],
    "task.context": () => [binding.call ? contextTable(binding.call) : null],
    values: () => [binding.context.values ?? Object.create(null)],
    "env.get": (args) => {
      const name = args.text(1);
      return [(binding.host ? binding.host.env(name) : binding.environment(name)) ?? null];
    },
  };
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
