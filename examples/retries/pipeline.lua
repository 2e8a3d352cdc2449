-- Attempts and time limits. A time limit is for one attempt: it ends all of its processes, and the next one follows.
TaskDefinitions = {
  nightly = {
    tasks = {
      {
        name = "download",
        retries = 3, -- four attempts in all
        retry_delay = "100ms",
        retry_backoff = "exponential", -- 0.1 s, 0.2 s, 0.4 s, each a little off
        timeout = "1s",
        -- A bad day: the first attempt hangs, the second breaks, the third succeeds. `ctx.attempt` counts from 1.
        command = function(params, deps, ctx)
          if ctx.attempt == 1 then exec.run("sleep 60") end
          if ctx.attempt == 2 then return false, "connection reset by peer" end
          fs.write("dataset.txt", "42\n")
          return true, "downloaded at attempt " .. ctx.attempt
        end,
      },
      {
        name = "analyse",
        depends_on = "download",
        timeout = "10m", -- enough, and not the whole night
        command = "test $(cat dataset.txt) -eq 42 && echo analysed",
      },
    },
  },
}
