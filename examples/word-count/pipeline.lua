-- A graph with outputs: one task splits the work, two do it at the same time, one of them elsewhere, and the last one
-- brings together what they found.
local function count(file)
  local text = assert(fs.read(file))
  local words, longest = 0, ""
  for word in text:gmatch("%a+") do
    words = words + 1
    if #word > #longest then longest = word end
  end
  return { words = words, longest = longest }
end

-- Both counting tasks are this function; `params` tells them apart.
local function count_part(params, deps)
  local found = { words = 0, longest = "" }
  for _, file in ipairs(deps.split[params.part]) do
    local one = count(file)
    found.words = found.words + one.words
    if #one.longest > #found.longest then found.longest = one.longest end
  end
  return true, found.words .. " words", found
end

TaskDefinitions = {
  word_count = {
    description = "Count the words of some texts, half of them on an agent",
    tasks = {
      split = {
        command = function()
          local parts = { here = data.array({}), there = data.array({}) }
          for index, file in ipairs(fs.glob("texts/*.txt")) do
            table.insert(index % 2 == 0 and parts.there or parts.here, file)
          end
          return true, "split", parts
        end,
      },
      count_here = { depends_on = "split", params = { part = "here" }, command = count_part },
      count_there = {
        depends_on = "split",
        params = { part = "there" },
        delegate_to = "localhost:50051",
        command = count_part,
      },
      total = {
        depends_on = { "count_here", "count_there" },
        command = function(params, deps)
          local here, there = deps.count_here, deps.count_there
          local longest = #here.longest >= #there.longest and here.longest or there.longest
          fs.write("total.txt", (here.words + there.words) .. "\n")
          return true, here.words + there.words .. " words, the longest is " .. longest
        end,
      },
    },
  },
}
