/**
 * `parallel(…)`, and what it shares with `task(…):run()`: tasks that a function runs by itself.
 *
 * The branches are coroutines of this one state. What takes time (`wait_for` in prelude.ts) yields the number of
 * its call; when every branch waits, so does the state, for whichever call ends first. Where Lua cannot yield, as in
 * the function that `table.sort` calls, the call blocks the state, and what the other branches have begun goes on.
 */
export const PARALLEL_LIBRARY = `
local host, internal = ...
local error, type, tostring, select, format, next = error, type, tostring, select, string.format, next
local ipairs, rawget, xpcall, gsub, globals = ipairs, rawget, xpcall, string.gsub, _G
local concat, sort, pack, unpack, math_type = table.concat, table.sort, table.pack, table.unpack, math.type
local create, resume, status, close = coroutine.create, coroutine.resume, coroutine.status, coroutine.close
local running, isyieldable, yield = coroutine.running, coroutine.isyieldable, coroutine.yield
local check, clock, wait_for, describe_error = internal.check, internal.clock, internal.wait_for, internal.describe_error
local branches, WAIT, await, fields, is_builder = internal.branches, internal.WAIT, host.await, internal.fields, internal.is_builder

-- Calls functions, at most so many at once; gives what resume has given for each.
local function run_branches(bodies, most)
  local returned, waiting, active, started = {}, {}, 0, 0
  local function go_on(branch, ...)
    local given = pack(resume(branch.thread, ...))
    if status(branch.thread) ~= "dead" and given[2] == WAIT then
      branch.calls = given[3]
      for _, id in ipairs(branch.calls) do waiting[id] = branch end
      return
    end
    if status(branch.thread) ~= "dead" then
      close(branch.thread)
      given = pack(true, false, { message = "a branch of parallel cannot yield; only a coroutine of its own can" })
    end
    active = active - 1
    returned[branch.index] = given
  end
  while true do
    while started < #bodies and active < most do
      started, active = started + 1, active + 1
      local branch = { index = started, thread = create(bodies[started]) }
      branches[branch.thread] = true
      go_on(branch)
    end
    if active == 0 then return returned end
    local calls = {}
    for id in next, waiting do calls[#calls + 1] = id end
    local ended
    -- A parallel inside of a branch waits as the branch that it is in.
    if branches[running()] and isyieldable() then ended = yield(WAIT, calls)
    else ended = select(2, await(calls)) end
    local branch = waiting[ended]
    for _, id in ipairs(branch.calls) do waiting[id] = nil end
    go_on(branch, ended)
  end
end

-- The group and the name under which a task stands in the workflow, and the group's fields.
local function locate(made)
  local function search(name, group)
    group = fields(group)
    if type(group) ~= "table" or type(group.tasks) ~= "table" then return end
    for key, item in next, group.tasks do
      if item == made then return name or group.name, fields(item).name or key, group end
    end
  end
  for _, group in ipairs(internal.workflows) do
    local found, task, its = search(nil, group)
    if found then return found, task, its end
  end
  for _, global in ipairs({ "TaskDefinitions", "ModernDSLs", "Modern_DSLs" }) do
    local groups = rawget(globals, global)
    for name, group in next, type(groups) == "table" and groups or {} do
      local found, task, its = search(name, group)
      if found then return found, task, its end
    end
  end
end

local FIELDS = { name = true, description = true, command = true, params = true, env = true, workdir = true,
  timeout = true, delegate_to = true, ["@line"] = true, ["@file"] = true }
-- Of a task of the workflow: who runs it by hand has seen to these.
local SCHEDULED = { depends_on = true, async = true }
-- Of a task of the workflow, which is called on the agent with all of its functions.
local HOOKS = { pre_exec = true, post_exec = true, on_success = true, on_failure = true }

local function copy_of(table, more)
  local copy = {}
  for key, value in next, table or {} do copy[key] = value end
  for key, value in next, more do copy[key] = value end
  return copy
end

local function call_here(made, task, name)
  local ctx = copy_of(select(2, host["task.context"]()), { name = name, attempt = 1 })
  local params = copy_of(task.params, { task_name = name, group_name = ctx.group, workdir = ctx.workdir })
  if is_builder(made) then return task.command(internal.this(ctx), params, {}) end
  return task.command(params, {}, ctx)
end

-- A function that runs the task and returns success, message, outputs. Mistakes are errors now, at the caller's line.
local function prepare(made, fallback, level)
  local task = type(made) == "table" and fields(made) or {}
  local group_name, declared, group = locate(made)
  local name = declared or task.name or fallback
  local function refuse(problem, ...) error(format('task "%s": ' .. problem, name, ...), level + 2) end
  if type(name) ~= "string" then error("the name of a task must be a string", level + 1) end
  local target = task.delegate_to
  if target == nil and group and select(2, host.delegates()) then target = group.delegate_to end
  for field in next, task do
    if not (FIELDS[field] or group and SCHEDULED[field] or group and target and HOOKS[field]) then
      refuse('"%s" has no meaning where a function runs the task', tostring(field))
    end
  end
  local command = task.command
  if type(command) ~= "string" and type(command) ~= "function" then refuse("its command must be a string or a function") end
  if type(command) == "function" and not target then
    for _, field in ipairs({ "env", "workdir", "timeout" }) do
      if task[field] ~= nil then refuse('"%s" is for a shell command or another machine; a function runs in the task that calls it', field) end
    end
    return name, function() return call_here(made, task, name) end
  end
  if type(command) == "function" and not group then
    refuse("a Lua function cannot travel to another machine; put the task into a group of the workflow, or give it a shell command")
  end
  local request = { name = name, group = group_name,
    script = not (group and target) and command or nil,
    params = task.params, env = task.env, workdir = task.workdir, timeout = task.timeout, delegate_to = target or nil }
  return name, function()
    local status, success, message, outputs = wait_for("task.run", request)
    if not status then error(success, 0) end
    return success, message, outputs
  end
end

local function refuse_loading(name)
  if select(3, clock()) then
    error(name .. " cannot run while the workflow is being loaded; call it inside a command function", 3)
  end
end

function internal.run_task(made)
  refuse_loading("task(…):run()")
  local _, run = prepare(made, nil, 2)
  return run()
end

local function outcome_of(name, _, ok, success, message, outputs)
  if not ok then
    local traceback = success.traceback and gsub(success.traceback, "\\t%[sloth%][^\\n]*\\n?", "")
    return { name = name, success = false, message = success.message, traceback = traceback }
  end
  if type(success) ~= "boolean" then
    message = "the first value that it returns must be true or false, not " .. tostring(success)
    success, outputs = false, nil
  end
  return { name = name, success = success, message = message, outputs = outputs }
end

-- The keys of a list in order, or of a map by name.
local function keys_of(items)
  local keys = {}
  for index in ipairs(items) do keys[index] = index end
  if #keys > 0 or next(items) == nil then return keys end
  for key in next, items do
    if type(key) ~= "string" then error("parallel: the branches must be a list, or a map of names", 3) end
    keys[#keys + 1] = key
  end
  sort(keys)
  return keys
end

local function limit_of(options, count)
  for option in next, options or {} do
    if option ~= "max_parallel" then error(format("parallel: unknown option '%s'; it takes max_parallel", tostring(option)), 3) end
  end
  local most = options and options.max_parallel
  if most == nil then return count end
  if math_type(most) ~= "integer" or most < 1 then error("parallel: max_parallel must be a whole number of at least 1", 3) end
  return most
end

local function describe_failures(results, keys)
  local failed = {}
  for _, key in ipairs(keys) do
    local result = results[key]
    if not result.success then
      failed[#failed + 1] = result.message and format("%s (%s)", result.name, tostring(result.message)) or result.name
    end
  end
  if #failed > 0 then return format("%d of %d failed: %s", #failed, #keys, concat(failed, ", ")) end
end

function parallel(...)
  check("parallel", ...)
  local items, options = ...
  if is_builder(items) then error("parallel needs a list of tasks and functions: parallel({ … })", 2) end
  refuse_loading("parallel")
  local keys, names, bodies = keys_of(items), {}, {}
  for index, key in ipairs(keys) do
    local item, run = items[key], nil
    if type(item) == "function" then names[index], run = tostring(key), item
    elseif type(item) == "table" then names[index], run = prepare(item, tostring(key), 2)
    else error(format("parallel: branch %s must be a task or a function, got %s", tostring(key), type(item)), 2) end
    bodies[index] = function() return xpcall(run, describe_error) end
  end
  local returned, results = run_branches(bodies, limit_of(options, #bodies)), {}
  for index, key in ipairs(keys) do results[key] = outcome_of(names[index], unpack(returned[index], 1, 5)) end
  return results, describe_failures(results, keys)
end
package.loaded.parallel = parallel
`;
