-- Values: `sloth run -f pipeline.lua -v values.yaml --set replicas=5`
local image = values.image

TaskDefinitions = {
  deploy = {
    env = { IMAGE = image.name .. ":" .. image.tag },
    tasks = {
      { name = "show", command = 'echo "deploying $IMAGE, ' .. values.replicas .. ' times"' },
    },
  },
}
