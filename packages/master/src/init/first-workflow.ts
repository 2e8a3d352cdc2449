/** The name of the workflow that `sloth init` writes. */
export const FIRST_WORKFLOW = "pipeline.lua";

/** A workflow that runs as it is, on this machine alone, and shows what else there is. */
export const FIRST_WORKFLOW_TEXT = `-- A workflow: groups of tasks. Run it with \`sloth run -f ${FIRST_WORKFLOW}\`, or one task of it and what it depends on
-- with \`sloth run -f ${FIRST_WORKFLOW} test\`. \`sloth graph -f ${FIRST_WORKFLOW}\` shows what waits for what.
TaskDefinitions = {
  example = {
    description = "Make something, test it, tell of it",

    -- Runs the tasks of this group on another machine, in a copy of this directory; what they change comes back. Start
    -- an agent there with \`npx @sloth/agent --port 50051\`.
    -- delegate_to = "localhost:50051",

    tasks = {
      {
        name = "build",
        description = "A command of the shell succeeds with exit code 0",
        command = "mkdir -p build && date > build/made.txt",
      },
      {
        name = "test",
        description = "A function returns whether it succeeded, a message, and outputs",
        depends_on = "build",
        timeout = "1m",
        command = function(params, deps)
          local content, problem = fs.read("build/made.txt")
          if problem then return false, problem end
          return #content > 0, "build/made.txt is there", { bytes = #content }
        end,
      },
      {
        name = "report",
        depends_on = { "build", "test" },
        delegate_to = false, -- here, also when the group is delegated
        command = function(params, deps)
          log.info("built " .. deps.test.bytes .. " bytes")
          return true
        end,
      },
      {
        name = "tell",
        description = "Runs only if the tests fail",
        next_if_fail = "test",
        command = "echo 'the tests failed' >&2",
      },
    },
  },
}
`;
