/**
 * The Lua side of the library: checks arguments, raises errors at the caller's line, shapes results as
 * `value, err`. It is called with the table of host functions, each of which returns
 *
 * - `true, …` for results,
 * - `nil, message, errno` for a failure that the script handles,
 * - `false, message` for a mistake of the script, which is raised here: an error that a host function
 *   raises itself would lose its traceback.
 *
 * What reaches the real system or the module's own memory file system is replaced.
 */
export const PRELUDE = `
local host, internal = ...
local error, type, tostring, select, format = error, type, tostring, select, string.format
local pcall, concat, pack, match = pcall, table.concat, table.pack, string.match
local setmetatable, next = setmetatable, next
local loaded = package.loaded

-- Raises what is wrong with the arguments of a function of the library, at the line of the call.
local signatures, math_type = internal.signatures, math.type
signatures.require = { { "string" } }
signatures.warn = { { "string" }, rest = "string" }
local function fits(expected, value, is_given)
  local actual = type(value)
  if expected == "any" then return is_given end
  if expected == "integer" then return math_type(value) == "integer" end
  return actual == expected or (expected == "string" and actual == "number")
end
local function check(name, ...)
  local signature, count = signatures[name], select("#", ...)
  for position = 1, signature.rest and count > #signature and count or #signature do
    local value, parameter = (select(position, ...)), signature[position]
    local expected, optional = signature.rest, false
    if parameter then expected, optional = parameter[1], parameter[2] end
    if not (optional and value == nil or fits(expected, value, position <= count)) then
      local wanted = expected == "any" and "value" or expected
      local actual = position > count and "no value" or type(value)
      error(format("bad argument #%d to '%s' (%s expected, got %s)", position, match(name, "[^.]+$"), wanted, actual), 3)
    end
  end
end

-- value, err
local function reader(name)
  local call = host[name]
  return function(...)
    check(name, ...)
    local status, value = call(...)
    if status == false then error(value, 2) end
    if status == nil then return nil, value end
    return value
  end
end

-- err, or nothing
local function writer(name)
  local call = host[name]
  return function(...)
    check(name, ...)
    local status, message = call(...)
    if status == false then error(message, 2) end
    return message
  end
end

fs = {}
for _, name in ipairs({ "read", "ls", "stat", "glob", "exists", "tmpname" }) do fs[name] = reader("fs." .. name) end
for _, name in ipairs({ "write", "append", "mkdir", "rm", "rm_r", "copy", "move" }) do fs[name] = writer("fs." .. name) end

-- What takes time. A branch of \`parallel\` lets the others go on meanwhile, where Lua can yield.
local begin, await, take = host.begin, host.await, host.take
local running, isyieldable, yield = coroutine.running, coroutine.isyieldable, coroutine.yield
internal.branches, internal.WAIT = setmetatable({}, { __mode = "k" }), {}
local branches, WAIT = internal.branches, internal.WAIT
function internal.wait_for(operation, ...)
  local status, id = begin(operation, ...)
  if not status then return status, id end
  if branches[running()] and isyieldable() then yield(WAIT, { id })
  else await({ id }) end
  return take(id)
end
local wait_for = internal.wait_for

exec = {}

function exec.run(...)
  check("exec.run", ...)
  local status, value = wait_for("exec.run", ...)
  if status == false then error(value, 2) end
  return value
end

function exec.command(...)
  check("exec.command", ...)
  local status, stdout, stderr, err = wait_for("exec.command", ...)
  if status == false then error(stdout, 2) end
  return stdout, stderr, err
end

log = {}
local write_log = host.log
for _, level in ipairs({ "debug", "info", "warn", "error" }) do
  local name = "log." .. level
  log[level] = function(...)
    check(name, ...)
    local message, fields = ...
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
  check("warn", ...)
  write_log("warn", concat({ ... }, ""))
end

-- The clock of the load context while the workflow is loaded, the real one afterwards.
local clock, stock = host.clock, { time = os.time, date = os.date, clock = os.clock }
local difftime = os.difftime

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

-- Source text only: bytecode is not verified and could break out.
local stock_load = load
function load(chunk, name, _, ...)
  return passed_on(pcall(stock_load, chunk, name, "t", ...))
end

local getinfo = debug.getinfo
debug = { traceback = debug.traceback, getinfo = getinfo }

env = { get = reader("env.get") }
os.getenv = env.get

-- Only to be read. The metatable holds the table itself for whoever reads it as data.
local function read_only(table)
  for key, value in next, table do
    if type(value) == "table" then table[key] = read_only(value) end
  end
  return setmetatable({}, {
    __index = table, __data = table, __metatable = false,
    __newindex = function(_, key) error("values are read-only: " .. tostring(key) .. " cannot be set", 2) end,
    __len = function() return #table end,
    __pairs = function() return next, table, nil end,
  })
end
values = read_only(select(2, host.values()))

loaded.debug, loaded.os, loaded.fs, loaded.exec, loaded.log = debug, os, fs, exec, log
loaded.env, loaded.values = env, values

internal.check, internal.clock, internal.load = check, clock, stock_load
`;
