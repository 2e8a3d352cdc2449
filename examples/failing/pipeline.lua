-- Fails on purpose, to show what a failure looks like: the summary at the end, and how to try again.
TaskDefinitions = {
  checks = {
    tasks = {
      { name = "lint", command = "echo 'no complaints'" },
      {
        name = "test",
        command = [[
          echo 'ok 1 - adds'
          echo 'not ok 2 - subtracts: expected 1, got -1'
          exit 1
        ]],
      },
      {
        name = "schema",
        depends_on = "lint",
        command = function()
          local config = data.parse_json('{ "port": "eighty" }')
          if type(config.port) ~= "number" then return false, "port must be a number, it is " .. config.port end
          return true
        end,
      },
      { name = "deploy", depends_on = { "test", "schema" }, command = "echo 'never gets here'" },
    },
  },
}
