import { isLuaTable } from "../model.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import { type HostFunction, MisuseError } from "./host-function.js";

/** `export(values)`: what a run gives at its end. */
export const EXPORT_LIBRARY = `
local host, internal = ...
local error, check, call = error, internal.check, host.export

function export(...)
  check("export", ...)
  local status, problem = call(...)
  if status == false then error(problem, 2) end
end

package.loaded.export = export
`;

export function exportFunctions(binding: HostBinding): Record<string, HostFunction> {
  return {
    export: (args) => {
      const host = requireHost(binding, "export");
      const values = args.value(1, "exports");
      if (!isLuaTable(values)) throw new MisuseError("export: the values need names, not positions");
      host.export(values);
      return [];
    },
  };
}
