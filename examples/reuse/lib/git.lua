-- A module of one's own over `exec`: as small as what the workflows need of git.
local git = {}

-- What git says, without the line's end; or nil and why it refused. Arguments reach git as they are.
local function ask(...)
  local stdout, stderr, err = exec.command("git", ...)
  if err then return nil, (stderr:gsub("%s+$", "")) end
  return (stdout:gsub("%s+$", ""))
end

-- The current branch.
function git.branch() return ask("symbolic-ref", "--short", "HEAD") end

-- The newest tag that the commit has behind it, as in v1.4.2-3-gabcdef0.
function git.describe() return ask("describe", "--tags", "--always") end

-- The paths that differ from the commit; an empty list when all is committed.
function git.changed()
  local status, err = ask("status", "--porcelain", "--no-renames")
  if not status then return nil, err end
  local paths = {}
  for path in status:gmatch("[^\n]+") do paths[#paths + 1] = path:sub(4) end
  return paths
end

return git
