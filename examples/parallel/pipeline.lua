-- Inside a function: work at the same time, here and on an agent, and what came of each branch.
TaskDefinitions = {
  survey = {
    tasks = {
      {
        name = "measure",
        command = function()
          local sizes = {}
          local results, err = parallel({
            -- A function sees the variables around it. While it waits for a process, the others go on.
            lines = function()
              sizes.lines = exec.run("cat *.lua | wc -l").stdout:match("%d+")
              return true
            end,
            -- A shell command is a task of its own.
            files = { command = "ls | wc -l" },
            -- So is one that runs elsewhere; what it writes comes home.
            remote = task("remote"):command("uname -n | tee machine.txt"):delegate_to("localhost:50051"),
          })
          if err then return false, err end
          local machine = results.remote.outputs.stdout:gsub("%s+$", "")
          log.info(("%s lines here; an agent on %s"):format(sizes.lines, machine))
          return fs.read("machine.txt"):find(machine, 1, true) ~= nil, "measured", {
            files = tonumber((results.files.outputs.stdout:gsub("%s", ""))),
          }
        end,
      },
    },
  },
}
