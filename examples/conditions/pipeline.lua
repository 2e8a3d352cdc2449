-- Conditions decide what runs, before anything is sent anywhere: `run_if` leaves a task out, `abort_if` ends the run.
-- Either is a shell command whose exit code 0 means yes, or a function. Both are asked on the master.
TaskDefinitions = {
  deploy = {
    tasks = {
      {
        name = "check",
        -- Nothing is deployed on a frozen day: with a file `FREEZE` here, the run ends with exit code 1.
        abort_if = "test -e FREEZE",
        command = "echo 'no freeze'",
      },
      {
        name = "migrate",
        depends_on = "check",
        run_if = "test -d migrations",
        command = "cat migrations/*.sql",
      },
      {
        name = "deploy",
        -- A task that its condition has left out does not stop those that depend on it.
        depends_on = { "check", "migrate" },
        params = { stage = env.get("STAGE") or "test" },
        command = function(params, deps)
          return true, "deployed to " .. params.stage .. (deps.migrate and ", migrated" or ", nothing to migrate")
        end,
      },
      {
        name = "announce",
        depends_on = "deploy",
        -- Only production is worth a word.
        run_if = function() return env.get("STAGE") == "production" end,
        command = "echo 'tell everybody'",
      },
    },
  },
}
