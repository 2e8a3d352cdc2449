-- The fluent form: the same workflows, written as calls. Functions get `this` first.
local build = task("build")
  :description("Compiles on the agent")
  :command(function(this, params)
    log.info("building in " .. this.workdir.get())
    local problem = fs.write("program", "made by " .. params.compiler)
    return problem == nil, problem or "built", { file = "program" }
  end)
  :params({ compiler = "cc" })
  :delegate_to("localhost:50051")
  :timeout("1m")
  :build()

local check = task("check")
  :command(function(this, params, deps)
    return fs.read(deps.build.file) == "made by cc", "the program is here"
  end)
  :depends_on({ "build" })
  :retries(2, "exponential")
  :build()

workflow.define("ci"):description("Build there, check here"):tasks({ build, check })
