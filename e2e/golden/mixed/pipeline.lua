-- One of everything that a run shows; the tasks depend on each other, so that their order is known.
TaskDefinitions = {
  build = {
    description = "Olá, 世界",
    on_start = function()
      print("about to start")
      return true
    end,
    tasks = {
      {
        name = "away",
        delegate_to = "there:50051",
        command = "echo 'from the agent'; echo made > made.txt",
      },
      {
        name = "shell",
        depends_on = "away",
        command = "cat printed.bin", -- in one piece
      },
      { name = "careful", depends_on = "shell", command = "printf '10%%\\r::add-mask::x\\n' >&2" },
      { name = "unwanted", depends_on = "careful", run_if = "false", command = "true" },
      {
        name = "lua",
        depends_on = "unwanted",
        command = function()
          log.info("careful", { count = 3 })
          io.write("no newline")
          export({ version = "1.2" })
          return true, "all fine", { { 9007199254740993, data.array(), data.null } }
        end,
      },
      { name = "flaky", depends_on = "lua", retries = 1, retry_delay = "1ms", command = "echo try >&2; exit 3" },
      { name = "after", depends_on = "flaky", command = "true" },
    },
    on_complete = function()
      error("not today")
    end,
  },
  later = { tasks = { { name = "last", command = "true" } } },
}
