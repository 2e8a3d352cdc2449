/** Files that make up a workflow: `import`, which is relative to the file that imports, and `require`. */
export const MODULES_LIBRARY = `
local host, internal = ...
local error, select, concat, check = error, select, table.concat, internal.check
local setmetatable = setmetatable
local clock, load, getinfo, loaded = internal.clock, internal.load, debug.getinfo, package.loaded

-- Files that are being loaded, innermost last: a tail call hides the file that it is in.
local _, main = host["load.main"]()
local loading = { main }

local function run_file(name, text)
  for index = 1, #loading do
    if loading[index] == name then
      error("import cycle: " .. concat(loading, " -> ", index) .. " -> " .. name, 0)
    end
  end
  local chunk, problem = load(text, "@" .. name, "t")
  if not chunk then error(problem, 0) end
  local depth = #loading
  local guard <close> = setmetatable({}, { __close = function() loading[depth + 1] = nil end })
  loading[depth + 1] = name
  return (chunk(name))
end

local imported, none = {}, {}
local open_import = host["load.import"]
function import(...)
  check("import", ...)
  local is_tail_call = getinfo(1, "t").istailcall
  if is_tail_call and not select(3, clock()) then
    error("import cannot tell which file it is called from, since a tail call hides it; "
      .. "write local module = import(…) and return that", 2)
  end
  local caller = not is_tail_call and getinfo(2, "S")
  local from = caller and caller.source:match("^@(.*)") or loading[#loading]
  local status, name, text = open_import((...), from)
  if not status then error(name, 2) end
  if imported[name] == nil then
    local value = run_file(name, text)
    imported[name] = value == nil and none or value
  end
  if imported[name] == none then return nil end
  return imported[name]
end

local preload = {}
package = { loaded = loaded, preload = preload }
loaded.package, loaded.import = package, import
local open_module = host["load.require"]
function require(...)
  local name = ...
  check("require", ...)
  if loaded[name] ~= nil then return loaded[name] end
  local module
  if preload[name] ~= nil then module = preload[name](name, ":preload:")
  else
    local status, file, text = open_module(name)
    if not status then error(file, 2) end
    module = run_file(file, text)
  end
  if loaded[name] == nil then loaded[name] = module == nil or module end
  return loaded[name]
end
`;
