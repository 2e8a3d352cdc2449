/**
 * The fluent form of a workflow: `task(…)` and `workflow.define(…)`, whose builders hold the table that the other form
 * would write.
 */
export const FLUENT_LIBRARY = `
local host, internal = ...
local error, type, tostring, select, format = error, type, tostring, select, string.format
local check, getinfo, loaded = internal.check, debug.getinfo, package.loaded
local setmetatable, next = setmetatable, next

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
  local made_at = getinfo(3, "Sl")
  local fields = { name = tostring(name), ["@line"] = made_at.currentline, ["@file"] = made_at.source }
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
function task_methods.run(self)
  if not fields_of[self] then error("call it with a colon, as in task(…):run()", 2) end
  return internal.run_task(self)
end

function task(...)
  check("task", ...)
  return (builder("task", task_methods, (...)))
end

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
function internal.this(ctx)
  ctx.workdir, ctx.agent = gettable(ctx.workdir), gettable(ctx.agent)
  return ctx
end
_G["@this"] = internal.this

workflow = {}
function workflow.define(...)
  check("workflow.define", ...)
  local made = builder("workflow.define", workflow_methods, (...))
  workflows[#workflows + 1] = made
  return made
end
loaded.task, loaded.workflow = task, workflow

-- The fields of a task or a group, however it is written.
function internal.fields(made) return fields_of[made] or made end
function internal.is_builder(value) return fields_of[value] ~= nil end
internal.workflows = workflows
`;
