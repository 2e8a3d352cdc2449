/**
 * The Lua side of the library: checks arguments, raises errors at the caller's line, shapes results as
 * `value, err`. It is called with the table of host functions, each of which returns
 *
 * - `true, …` for results,
 * - `nil, message` for a failure that the script handles,
 * - `false, message` for a mistake of the script, which is raised here: an error that a host function
 *   raises itself would lose its traceback.
 *
 * What reaches the real system or the module's own memory file system is replaced.
 */
export const PRELUDE = `
local host = ...
local error, type, tostring, select, format = error, type, tostring, select, string.format
local pcall, concat, pack = pcall, table.concat, table.pack
local loaded = package.loaded

local function check(name, position, expected, count, value)
  local actual = position > count and "no value" or type(value)
  if actual == expected or (expected == "string" and actual == "number") then return end
  error(format("bad argument #%d to '%s' (%s expected, got %s)", position, name, expected, actual), 3)
end

-- value, err
local function reader(name, operation)
  local call = host[operation]
  return function(...)
    check(name, 1, "string", select("#", ...), (...))
    local status, value = call(...)
    if status == false then error(value, 2) end
    if status == nil then return nil, value end
    return value
  end
end

-- err, or nothing
local function writer(name, operation, arguments)
  local call = host[operation]
  return function(...)
    local count = select("#", ...)
    check(name, 1, "string", count, (...))
    if arguments == 2 then check(name, 2, "string", count, (select(2, ...))) end
    local status, message = call(...)
    if status == false then error(message, 2) end
    return message
  end
end

fs = {
  read = reader("read", "fs.read"),
  ls = reader("ls", "fs.ls"),
  stat = reader("stat", "fs.stat"),
  glob = reader("glob", "fs.glob"),
  exists = reader("exists", "fs.exists"),
  write = writer("write", "fs.write", 2),
  append = writer("append", "fs.append", 2),
  mkdir = writer("mkdir", "fs.mkdir", 1),
  rm = writer("rm", "fs.rm", 1),
  rm_r = writer("rm_r", "fs.rm_r", 1),
  copy = writer("copy", "fs.copy", 2),
  move = writer("move", "fs.move", 2),
}

local temporary_name = host["fs.tmpname"]
function fs.tmpname()
  local status, value = temporary_name()
  if status == false then error(value, 2) end
  if status == nil then return nil, value end
  return value
end

local run, command = host["exec.run"], host["exec.command"]
exec = {}

function exec.run(...)
  local count = select("#", ...)
  check("run", 1, "string", count, (...))
  local options = select(2, ...)
  if options ~= nil then check("run", 2, "table", count, options) end
  local status, value = run((...), options)
  if status == false then error(value, 2) end
  return value
end

function exec.command(...)
  local count = select("#", ...)
  for position = 1, count > 0 and count or 1 do
    check("command", position, "string", count, (select(position, ...)))
  end
  local status, stdout, stderr, err = command(...)
  if status == false then error(stdout, 2) end
  return stdout, stderr, err
end

log = {}
local write_log = host.log
for _, level in ipairs({ "debug", "info", "warn", "error" }) do
  log[level] = function(...)
    local count = select("#", ...)
    if count == 0 then check(level, 1, "string", count) end
    local message, fields = ...
    if fields ~= nil then check(level, 2, "table", count, fields) end
    local status, problem = write_log(level, tostring(message), fields)
    if status == false then error(problem, 2) end
  end
end

local write = host.print
function print(...)
  local parts = pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  write(concat(parts, "\\t", 1, parts.n) .. "\\n")
end

function warn(...)
  local parts = pack(...)
  for i = 1, parts.n do check("warn", i, "string", parts.n, parts[i]) end
  write_log("warn", concat(parts, "", 1, parts.n))
end

-- The clock of the load context while the workflow is loaded, the real one afterwards.
local clock, stock = host.clock, { time = os.time, date = os.date, clock = os.clock }
local difftime = os.difftime

local function unsupported(name)
  return name .. " is part of the language but not yet supported by this version"
end

local function missing(name)
  return function() error(unsupported(name), 2) end
end

-- Calls a stock function so that its errors have the line of our caller.
local function passed_on(ok, ...)
  if not ok then error((...), 2) end
  return ...
end

os = { difftime = difftime }
function os.time(...)
  if (...) ~= nil then return passed_on(pcall(stock.time, ...)) end
  local _, seconds = clock()
  return seconds
end

function os.date(form, time)
  local _, seconds = clock()
  return passed_on(pcall(stock.date, form or "%c", time or seconds))
end

function os.clock()
  local _, _, loading = clock()
  return loading and 0.0 or stock.clock()
end

for _, name in ipairs({ "execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname" }) do
  os[name] = missing("os." .. name)
end
dofile, loadfile = missing("dofile"), missing("loadfile")

-- Source text only: bytecode is not verified and could break out.
local stock_load = load
function load(chunk, name, _, ...)
  return passed_on(pcall(stock_load, chunk, name, "t", ...))
end

for _, name in ipairs({ "io", "import", "values", "parallel", "net", "http", "data", "env", "export", "task", "workflow" }) do
  local function raise() error(unsupported(name), 2) end
  _G[name] = setmetatable({}, {
    __index = raise, __newindex = raise, __call = raise, __len = raise,
    __pairs = function() error(unsupported(name), 3) end,
    __tostring = function() return name end, __metatable = false,
  })
  loaded[name] = _G[name]
end

debug = { traceback = debug.traceback, getinfo = debug.getinfo }
loaded.debug, loaded.os, loaded.fs, loaded.exec, loaded.log = debug, os, fs, exec, log

local preload = {}
package = { loaded = loaded, preload = preload }
loaded.package = package
function require(...)
  local name = ...
  check("require", 1, "string", select("#", ...), name)
  local module = loaded[name]
  if module ~= nil then return module end
  local open = preload[name]
  if open == nil then
    error(unsupported("require of a file") .. ": there is no built-in module '" .. name .. "'", 2)
  end
  module = open(name, ":preload:")
  if loaded[name] == nil then loaded[name] = module == nil or module end
  return loaded[name]
end
`;
