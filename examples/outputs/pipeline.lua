-- Outputs passed along: what a task returns as its third value is what its dependants get, wherever each of them runs.
TaskDefinitions = {
  release = {
    description = "Find the version, name the archive after it",
    tasks = {
      version = {
        command = function()
          local found = exec.run("printf 1.4.2")
          return found.success, "found the version", { version = found.stdout }
        end,
      },
      archive = {
        depends_on = "version",
        delegate_to = "localhost:50051",
        command = function(params, deps)
          local name = "release-" .. deps.version.version .. ".txt"
          local problem = fs.write(name, "made on " .. (exec.run("uname -s").stdout))
          if problem then return false, problem end
          return true, "wrote " .. name, { file = name }
        end,
      },
      announce = {
        depends_on = { "version", "archive" },
        command = function(params, deps)
          -- Written far away, and here now.
          return fs.exists(deps.archive.file), "version " .. deps.version.version .. " is " .. deps.archive.file
        end,
      },
    },
  },
}
