-- Builds a C program on an agent and runs it here. README.md tells what to look at.
TaskDefinitions = {
  c_build = {
    description = "Compiles and tests on the agent, runs the program here.",
    delegate_to = { address = "localhost:50051" },
    tasks = {
      {
        name = "clean",
        description = "Starts from nothing. The agent sees that build/ is gone.",
        delegate_to = false,
        command = "rm -rf build",
      },
      {
        name = "compile",
        description = "Builds the program; build/ comes back as if it had been made here.",
        depends_on = "clean",
        timeout = "5m",
        command = function(params, deps)
          local make = exec.run("make all")
          if not make.success then
            return false, "make ended with exit code " .. make.exit_code
          end
          local machine = exec.run("uname -sm")
          return true, "compiled", { program = "build/calculate", machine = machine.stdout:match("%C+") }
        end,
      },
      {
        name = "test",
        description = "Needs nothing but what compile made: make finds it up to date.",
        depends_on = "compile",
        timeout = "1m",
        command = "make test",
      },
      {
        name = "run_binary",
        description = "Runs the program that came back.",
        depends_on = { "compile", "test" },
        delegate_to = false,
        params = { expression = "3 4 + 2 *", expected = "14" },
        command = function(params, deps)
          local built = deps.compile
          log.info(built.program .. " was built on " .. built.machine)
          local run = exec.run(built.program .. " '" .. params.expression .. "'")
          local answer = run.stdout:match("%C+") or "nothing"
          if answer ~= params.expected then
            return false, "expected " .. params.expected .. ", got " .. answer
          end
          return true, params.expression .. " is " .. answer
        end,
      },
      {
        name = "clean_objects",
        description = "Deletes files on the agent; they are deleted here, too.",
        depends_on = "run_binary",
        command = "rm -v build/*.o",
      },
      {
        name = "show",
        description = "Shows what is left, and fails if an object file is.",
        depends_on = "clean_objects",
        delegate_to = false,
        command = [[
          ls build
          if ls build/*.o >/dev/null 2>&1; then
            echo "an object file is left" >&2
            exit 1
          fi
        ]],
      },
    },
  },
}
