-- Reuse: `import` brings in what a file returns, here tasks; `require` finds a module beside the workflow.
local tasks = import("lib/tasks.lua")
local git = require("lib.git")

TaskDefinitions = {
  check = {
    tasks = {
      -- All of the imported task, with fields of our own; maps are merged.
      { name = "greet", uses = tasks.greet, params = { name = "Ana" } },
      { name = "greet_twice", uses = tasks.greet, params = { times = 2 }, depends_on = "greet" },
      {
        name = "branch",
        command = function()
          local branch, problem = git.branch()
          return true, branch and "on the branch " .. branch or "no branch: " .. problem
        end,
      },
    },
  },
}
