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
local host, internal = ...
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
  local count = select("#", ...)
  check("run", 1, "string", count, (...))
  local options = select(2, ...)
  if options ~= nil then check("run", 2, "table", count, options) end
  local status, value = wait_for("exec.run", (...), options)
  if status == false then error(value, 2) end
  return value
end

function exec.command(...)
  local count = select("#", ...)
  for position = 1, count > 0 and count or 1 do
    check("command", position, "string", count, (select(position, ...)))
  end
  local status, stdout, stderr, err = wait_for("exec.command", ...)
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

for _, name in ipairs({ "execute", "exit", "remove", "rename", "setlocale", "tmpname" }) do
  os[name] = missing("os." .. name)
end
dofile, loadfile = missing("dofile"), missing("loadfile")

-- Source text only: bytecode is not verified and could break out.
local stock_load = load
function load(chunk, name, _, ...)
  return passed_on(pcall(stock_load, chunk, name, "t", ...))
end

for _, name in ipairs({ "io", "net", "http", "data", "export" }) do
  local function raise() error(unsupported(name), 2) end
  _G[name] = setmetatable({}, {
    __index = raise, __newindex = raise, __call = raise, __len = raise,
    __pairs = function() error(unsupported(name), 3) end,
    __tostring = function() return name end, __metatable = false,
  })
  loaded[name] = _G[name]
end

local getinfo = debug.getinfo
debug = { traceback = debug.traceback, getinfo = getinfo }

env = { get = reader("get", "env.get") }
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

internal.check, internal.unsupported, internal.clock, internal.load = check, unsupported, clock, stock_load
`;
