import { RAISE } from "./raise.js";

/**
 * `io`, as https://www.lua.org/manual/5.4/manual.html#6.8 has it, over the host's files. A handle is a
 * userdata without content; which open file is behind it is known here alone, so that a script can neither
 * forge a handle nor lend one to a file of somebody else's.
 */
export const IO_LIBRARY = `
local host, internal = ...
${RAISE}
local pcall, select, wait_for = pcall, select, internal.wait_for
local concat, pack, unpack = table.concat, table.pack, table.unpack
local host_read, host_write, host_close = host["io.read"], host["io.write"], host["io.close"]

-- The number of the open file behind a handle; false when it has been closed.
local numbers = setmetatable({}, { __mode = "k" })
-- Handles that a command will read what was written to.
local runs_when_closed = setmetatable({}, { __mode = "k" })
local methods = {}
local meta = { __name = "FILE*", __index = methods, __metatable = { __name = "FILE*", __index = methods } }

local function handle_of(number)
  local handle = host["io.handle"](meta)
  numbers[handle] = number
  return handle
end

-- A handle, or nil, message, code.
local function opened(status, number, ...)
  if status then return handle_of(number) end
  return results(status, number, ...)
end

local stdin, stdout, stderr = handle_of(0), handle_of(1), handle_of(2)
local current = { input = stdin, output = stdout }

local function number_of(handle, name)
  local number = numbers[handle]
  if number then return number end
  if number == nil then mismatch(1, name, "FILE*", handle) end
  raise("attempt to use a closed file")
end

local function current_number(kind)
  return numbers[current[kind]] or raise("default " .. kind .. " file is closed")
end

local function close(handle)
  local number = numbers[handle]
  if number <= 2 then return nil, "cannot close standard file" end
  numbers[handle] = false
  if runs_when_closed[handle] then return results(wait_for("io.finish", number)) end
  return results(host_close(number))
end

function meta.__tostring(handle)
  return numbers[handle] and format("file (%p)", handle) or "file (closed)"
end

-- Also for a file that was closed before.
local function finalize(handle)
  local number = numbers[handle]
  if number and number > 2 then pcall(close, handle) end
end
meta.__gc, meta.__close = finalize, finalize

local function read_one(number, position, form)
  local kind = form
  if type(form) == "number" then
    kind = check_integer(position, "read", form)
    if kind < 0 then bad_argument(position, "read", "invalid format") end
  else
    check_text(position, "read", form)
    kind = form:match("^%*?([nlLa])") or bad_argument(position, "read", "invalid format")
  end
  local item, message, code = results(host_read(number, kind))
  if kind == "n" and item then item = tonumber(item) end
  return item, message, code
end

-- Items up to the first one that is not there; or nil, message, code.
local function read(number, ...)
  local count = select("#", ...)
  if count == 0 then return results(host_read(number, "l")) end
  local items, forms = {}, { ... }
  for i = 1, count do
    local item, message, code = read_one(number, i, forms[i])
    if message then return nil, message, code end
    items[i] = item
    if item == nil then return unpack(items, 1, i) end
  end
  return unpack(items, 1, count)
end

local function write(handle, number, ...)
  local parts = { ... }
  for i = 1, select("#", ...) do check_text(i, "write", parts[i]) end
  local status, message, code = host_write(number, concat(parts))
  if status then return handle end
  return results(status, message, code)
end

local function lines(handle, closes, ...)
  local forms = pack(...)
  if forms.n > 250 then bad_argument(252, "lines", "too many arguments") end
  local function finish(first, ...)
    if first ~= nil then return first, ... end
    if (...) then raise((...)) end
    if closes then close(handle) end
    return nil
  end
  return function()
    local number = numbers[handle] or raise("file is already closed")
    return finish(read(number, unpack(forms, 1, forms.n)))
  end
end

local function open_or_raise(path, mode)
  local handle, message = opened(host["io.open"](path, mode))
  return handle or raise(format("cannot open file '%s' (%s)", path, message))
end

function methods.read(handle, ...) return read(number_of(handle, "read"), ...) end
function methods.write(handle, ...) return write(handle, number_of(handle, "write"), ...) end

function methods.lines(handle, ...)
  number_of(handle, "lines")
  return lines(handle, false, ...)
end

function methods.close(handle)
  number_of(handle, "close")
  return close(handle)
end

-- Nothing is kept back that could be flushed.
function methods.flush(handle)
  number_of(handle, "flush")
  return true
end

function methods.setvbuf(handle, mode)
  number_of(handle, "setvbuf")
  check_text(1, "setvbuf", mode)
  if mode ~= "no" and mode ~= "full" and mode ~= "line" then
    bad_argument(1, "setvbuf", format("invalid option '%s'", mode))
  end
  return true
end

function methods.seek(handle, whence, offset)
  local number = number_of(handle, "seek")
  if whence == nil then whence = "cur" end
  check_text(1, "seek", whence)
  if whence ~= "set" and whence ~= "cur" and whence ~= "end" then
    bad_argument(1, "seek", format("invalid option '%s'", whence))
  end
  return results(host["io.seek"](number, whence, check_integer(2, "seek", offset, 0)))
end

io = { stdin = stdin, stdout = stdout, stderr = stderr }
package.loaded.io = io

function io.open(path, mode)
  check_text(1, "open", path)
  if mode == nil then mode = "r" end
  check_text(2, "open", mode)
  if not tostring(mode):match("^[rwa]%+?b*$") then bad_argument(2, "open", "invalid mode") end
  local handle, message, code = opened(host["io.open"](path, (mode:gsub("b", ""))))
  if handle then return handle end
  return nil, path .. ": " .. message, code
end

function io.popen(command, mode)
  check_text(1, "popen", command)
  if mode == nil then mode = "r" end
  if mode ~= "r" and mode ~= "w" then bad_argument(2, "popen", "invalid mode") end
  local handle, message, code
  if mode == "r" then handle, message, code = opened(wait_for("io.popen", command))
  else handle, message, code = opened(host["io.popen.w"](command)) end
  if handle then
    runs_when_closed[handle] = mode == "w"
    return handle
  end
  return nil, command .. ": " .. message, code
end

function io.tmpfile() return opened(host["io.tmpfile"]()) end

function io.type(...)
  if select("#", ...) == 0 then bad_argument(1, "type", "value expected") end
  local number = numbers[(...)]
  if number then return "file" end
  if number == false then return "closed file" end
  return nil
end

function io.close(handle)
  if handle == nil then
    current_number("output")
    handle = current.output
  end
  number_of(handle, "close")
  return close(handle)
end

for kind, mode in pairs({ input = "r", output = "w" }) do
  io[kind] = function(file)
    if file == nil then return current[kind] end
    if type(file) == "string" or type(file) == "number" then
      current[kind] = open_or_raise(file, mode)
    else
      number_of(file, kind)
      current[kind] = file
    end
    return current[kind]
  end
end

function io.read(...) return read(current_number("input"), ...) end
function io.write(...) return write(current.output, current_number("output"), ...) end

function io.flush()
  current_number("output")
  return true
end

function io.lines(path, ...)
  if path == nil then
    current_number("input")
    return lines(current.input, false, ...)
  end
  check_text(1, "lines", path)
  local handle = open_or_raise(path, "r")
  return lines(handle, true, ...), nil, nil, handle
end
`;
