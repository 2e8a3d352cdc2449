return {
  greet = {
    description = "Says hello",
    params = { name = "you", times = 1 },
    command = function(params)
      for _ = 1, params.times do print("Hello, " .. params.name .. "!") end
      return true
    end,
  },
}
