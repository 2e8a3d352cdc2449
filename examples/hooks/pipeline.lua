-- Hooks run where the task runs, in the same Lua state as its command.
TaskDefinitions = {
  backup = {
    tasks = {
      {
        name = "dump",
        delegate_to = "localhost:50051",
        command = "seq 1 1000 > dump.txt",
        pre_exec = function()
          -- Anything but true keeps the command from running.
          if fs.exists("dump.txt") then return false, "there is a dump already" end
          return true
        end,
        post_exec = function()
          local dump = fs.stat("dump.txt")
          return dump.size > 1000, "the dump is too small"
        end,
        on_success = function() log.info("dumped", { bytes = fs.stat("dump.txt").size }) end,
        on_failure = function(params, output) log.error("no dump: " .. output.error) end,
      },
    },
  },
}
