import { RAISE } from "./raise.js";

/**
 * `dofile` and `loadfile`: source text only, at a path relative to the working directory. Without a path it
 * is standard input, which is empty. And the names that Lua 5.1 had for what is still there.
 */
export const CHUNK_LIBRARY = `
local host = ...
${RAISE}
local load, select = load, select

-- The text and the name of a chunk; or nil, message.
local function read_chunk(caller, path)
  if path == nil then return "", "=stdin" end
  check_text(1, caller, path)
  local status, text, name = host["load.file"](caller, path)
  if status == false then raise(text) end
  if status == nil then return nil, "cannot open " .. path .. ": " .. text end
  return text, "@" .. name
end

function dofile(path)
  local text, name = read_chunk("dofile", path)
  if not text then error(name, 0) end
  local chunk, problem = load(text, name, "t")
  if not chunk then error(problem, 0) end
  return chunk()
end

function loadfile(path, mode, ...)
  local text, name = read_chunk("loadfile", path)
  if not text then return nil, name end
  if mode ~= nil and not tostring(mode):find("t", 1, true) then
    return nil, format("%s: attempt to load a text chunk (mode is '%s')", name:sub(2), mode)
  end
  if select("#", ...) > 0 then return load(text, name, "t", (...)) end
  return load(text, name, "t")
end

function loadstring(text, name)
  check_text(1, "loadstring", text)
  return load(text, name, "t")
end

unpack = table.unpack
function table.getn(list) return #list end
`;
