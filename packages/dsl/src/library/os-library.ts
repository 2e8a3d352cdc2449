import { RAISE } from "./raise.js";

/**
 * What https://www.lua.org/manual/5.4/manual.html#6.9 has in `os` besides the clock and the environment; and
 * the clock's time zone. That is the one of this process, but UTC while a workflow is loaded: a model must
 * not depend on where it is loaded.
 */
export const OS_LIBRARY = `
local host, internal = ...
${RAISE}
local select, pcall, ipairs, next, wait_for = select, pcall, ipairs, next, internal.wait_for

function os.execute(command)
  if command == nil then return true end
  check_text(1, "execute", command)
  return results(wait_for("os.execute", command))
end

function os.exit(code)
  if code == nil or code == true then code = 0 elseif code == false then code = 1 end
  results(host["os.exit"](check_integer(1, "exit", code)))
end

function os.remove(path)
  check_text(1, "remove", path)
  local done, message, code = results(host["os.remove"](path))
  if done then return done end
  return nil, path .. ": " .. message, code
end

function os.rename(from, to)
  check_text(1, "rename", from)
  check_text(2, "rename", to)
  local done, message, code = results(host["os.rename"](from, to))
  if done then return done end
  return nil, from .. ": " .. message, code
end

function os.tmpname()
  local path = results(host["os.tmpname"]())
  if not path then raise("unable to generate a unique filename") end
  return path
end

local function is_loading() return (select(3, host.clock())) end

local date = os.date
function os.date(form, when)
  if is_loading() and (form == nil or type(form) == "string") then
    form = form or "%c"
    if form:sub(1, 1) ~= "!" then form = "!" .. form end
  end
  return date(form, when)
end

-- Days since 1970 (https://howardhinnant.github.io/date_algorithms.html#days_from_civil).
local function days_before(year, month, day)
  year, month = year + (month - 3) // 12, (month - 3) % 12
  local era = year // 400
  local in_era = year - era * 400
  local in_year = (153 * month + 2) // 5 + day - 1
  return era * 146097 + in_era * 365 + in_era // 4 - in_era // 100 + in_year - 719468
end

local time, names = os.time, { "year", "month", "day", "hour", "min", "sec" }
function os.time(fields)
  if type(fields) ~= "table" or not is_loading() then return time(fields) end
  local checked = {}
  for _, name in ipairs(names) do checked[name] = fields[name] end
  local integer = {}
  for name, value in next, checked do integer[name] = tointeger(tonumber(value)) end
  local ok, problem = pcall(time, checked)
  if not ok then raise(problem) end
  local seconds = days_before(integer.year, integer.month, integer.day) * 86400
    + (integer.hour or 12) * 3600 + (integer.min or 0) * 60 + (integer.sec or 0)
  for name, value in next, date("!*t", seconds) do fields[name] = value end
  return seconds
end

-- There is one locale.
local categories = { all = true, collate = true, ctype = true, monetary = true, numeric = true, time = true }
function os.setlocale(locale, category)
  if locale ~= nil then check_text(1, "setlocale", locale) end
  if category ~= nil and not categories[category] then
    bad_argument(2, "setlocale", format("invalid option '%s'", tostring(category)))
  end
  if locale == nil or locale == "" or locale == "C" or locale == "POSIX" then return "C" end
  return nil
end
`;
