-- A module of one's own over `exec`: as small as what the workflows need of git.
local git = {}

-- The current branch; or nil and why there is none.
function git.branch()
  local result = exec.run("git symbolic-ref --short HEAD")
  if result.success then return (result.stdout:gsub("%s+$", "")) end
  return nil, (result.stderr:gsub("%s+$", ""))
end

return git
