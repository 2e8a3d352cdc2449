/** `data.*`: JSON and YAML as values of Lua, and what Lua cannot say by itself (data-marks.ts). */
export const DATA_LIBRARY = `
local host, internal = ...
local error, getmetatable, setmetatable = error, getmetatable, setmetatable
local check, null, list_mark = internal.check, internal.null, internal.list_mark

local null_meta = getmetatable(null)
null_meta.__name, null_meta.__metatable = "null", false
function null_meta.__tostring() return "null" end

data = { null = null }

-- value, err. Called as the last thing, so that the caller's line is the next one.
local function answer(status, value)
  if status == false then error(value, 2) end
  if status == nil then return nil, value end
  return value
end

for _, name in ipairs({ "parse_json", "to_json", "parse_yaml", "to_yaml" }) do
  local full_name = "data." .. name
  local call = host[full_name]
  data[name] = function(...)
    check(full_name, ...)
    local first, options = ...
    return answer(call(first, options))
  end
end

function data.array(...)
  check("data.array", ...)
  local list = (...) or {}
  local meta = getmetatable(list)
  if meta ~= nil and meta ~= list_mark then
    error("bad argument #1 to 'array' (the table has a metatable of its own)", 2)
  end
  return setmetatable(list, list_mark)
end

package.loaded.data = data
`;
