-- Handlers of failures: a task with `next_if_fail` runs only if the task that it names has failed. The run has failed
-- all the same (exit code 1): a handler puts things in order, it does not make them right.
TaskDefinitions = {
  release = {
    tasks = {
      { name = "backup", command = "cp database.txt backup.txt" },
      {
        name = "migrate",
        depends_on = "backup",
        -- It breaks in the middle, as migrations do.
        command = "echo 'half of the new schema' > database.txt; echo 'column exists already' >&2; exit 3",
      },
      { name = "restart", depends_on = "migrate", command = "echo 'never gets here'" },
      {
        name = "restore",
        next_if_fail = "migrate",
        command = "mv backup.txt database.txt && echo 'the database is as it was'",
      },
      {
        name = "page_someone",
        -- Any of these.
        next_if_fail = { "backup", "restart" },
        command = "echo 'not needed: neither of them failed by itself'",
      },
    },
  },
}
