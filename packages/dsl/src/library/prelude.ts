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

for _, name in ipairs({ "execute", "exit", "remove", "rename", "setlocale", "tmpname" }) do
  os[name] = missing("os." .. name)
end
dofile, loadfile = missing("dofile"), missing("loadfile")

-- Source text only: bytecode is not verified and could break out.
local stock_load = load
function load(chunk, name, _, ...)
  return passed_on(pcall(stock_load, chunk, name, "t", ...))
end

for _, name in ipairs({ "io", "parallel", "net", "http", "data", "export" }) do
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

-- The fluent form: a builder is the table that the other form would write, with methods that set its fields.
local fields_of = setmetatable({}, { __mode = "k" })
local function set(self, field, value)
  local fields = fields_of[self]
  if not fields then error(format("call it with a colon, as in task(…):%s(…)", field), 3) end
  fields[field] = value
  return self
end

-- A method for each field; those that are more than a value are replaced below.
local function method_table(kind, named)
  local methods = {}
  for _, field in ipairs(select(2, host.fields(kind))) do
    methods[field] = function(self, value)
      if value == nil then error(format("%s:%s needs a value", named, field), 2) end
      return (set(self, field, value))
    end
  end
  return methods
end

local function builder(kind, methods, name)
  if type(name) ~= "string" then
    error(format("bad argument #1 to '%s' (string expected, got %s)", kind, type(name)), 3)
  end
  local fields = { name = name, ["@line"] = getinfo(3, "l").currentline }
  local made = setmetatable({}, {
    __metatable = false, __data = fields,
    __newindex = function(_, key) error(format("set %s by a method, as in task(…):%s(…)", key, key), 2) end,
    __index = function(_, key)
      local method = methods[key]
      if method == nil then
        error(format("%s has no method '%s'%s", kind, tostring(key), select(2, host.suggest(kind, tostring(key)))), 2)
      end
      return method
    end,
  })
  fields_of[made] = fields
  return made
end

local task_methods = method_table("task", "task")
for _, field in ipairs({ "depends_on", "next_if_fail", "artifacts", "consumes" }) do
  task_methods[field] = function(self, first, ...)
    local list = (type(first) == "table" or select("#", ...) == 0) and first or { first, ... }
    return (set(self, field, list))
  end
end
function task_methods.retries(self, count, backoff)
  set(self, "retry_backoff", backoff)
  return (set(self, "retries", count))
end
function task_methods.async(self, value)
  if value == nil then value = true end
  return (set(self, "async", value))
end
function task_methods.build(self) return self end
function task_methods.run() error(unsupported("task(…):run()"), 2) end

function task(name) return (builder("task", task_methods, name)) end

local workflows = {}
_G["@workflows"] = workflows
local workflow_methods = method_table("workflow.define", "workflow")
local settings = { timeout = "timeout", max_parallel_tasks = "max_parallel" }
function workflow_methods.config(self, options)
  if type(options) ~= "table" then error("workflow:config needs a table", 2) end
  for key, value in next, options do
    if not settings[key] then
      error(format("workflow:config does not know '%s'; it takes timeout and max_parallel_tasks", tostring(key)), 2)
    end
    set(self, settings[key], value)
  end
  return self
end
function workflow_methods.build(self) return self end

-- What functions of the fluent form get first: workdir and agent are asked by get(), or used as the texts that they are.
local function gettable(value)
  local text = function() return value end
  return setmetatable({ get = text }, {
    __tostring = function() return tostring(value) end,
    __concat = function(a, b) return tostring(a) .. tostring(b) end,
    __eq = function(a, b) return tostring(a) == tostring(b) end,
  })
end
_G["@this"] = function(ctx)
  ctx.workdir, ctx.agent = gettable(ctx.workdir), gettable(ctx.agent)
  return ctx
end

workflow = {}
function workflow.define(name)
  local made = builder("workflow.define", workflow_methods, name)
  workflows[#workflows + 1] = made
  return made
end
loaded.task, loaded.workflow = task, workflow

-- Files that are being loaded, innermost last: a tail call hides the file that it is in.
local _, main = host["load.main"]()
local loading = { main }

local function run_file(name, text)
  for index = 1, #loading do
    if loading[index] == name then
      error("import cycle: " .. concat(loading, " -> ", index) .. " -> " .. name, 0)
    end
  end
  local chunk, problem = stock_load(text, "@" .. name, "t")
  if not chunk then error(problem, 0) end
  local depth = #loading
  local guard <close> = setmetatable({}, { __close = function() loading[depth + 1] = nil end })
  loading[depth + 1] = name
  return (chunk(name))
end

local imported, none = {}, {}
local open_import = host["load.import"]
function import(...)
  check("import", 1, "string", select("#", ...), (...))
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
  check("require", 1, "string", select("#", ...), name)
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
