/**
 * Lua code before the libraries that are written in Lua: an error with the line of the script that called
 * us, however deep in our own functions it comes up. As in C, there is no line where the caller is not Lua.
 */
export const RAISE = `
local error, getinfo, format = error, debug.getinfo, string.format
local type, tostring, tonumber, tointeger = type, tostring, tonumber, math.tointeger

local function raise(message)
  local level = 2
  while true do
    local info = getinfo(level, "S")
    if not info or info.source ~= "=[sloth]" then break end
    level = level + 1
  end
  error(message, level)
end

local function bad_argument(position, name, problem)
  raise(format("bad argument #%d to '%s' (%s)", position, name, problem))
end

local function mismatch(position, name, expected, value)
  bad_argument(position, name, expected .. " expected, got " .. (value == nil and "no value" or type(value)))
end

local function check_text(position, name, value)
  if type(value) ~= "string" and type(value) ~= "number" then mismatch(position, name, "string", value) end
end

-- An integer; the default where there is none.
local function check_integer(position, name, value, default)
  if value == nil then return default end
  local number = tonumber(value)
  if not number then mismatch(position, name, "number", value) end
  local integer = tointeger(number)
  if not integer then bad_argument(position, name, "number has no integer representation") end
  return integer
end

-- What a host function returned, without its status.
local function results(status, first, ...)
  if status == false then raise(first) end
  if status == nil then return nil, first, ... end
  return first, ...
end
`;
