/** `http.request` and `net.*`: a branch of `parallel` lets the others go on while it waits for an answer. */
export const NET_LIBRARY = `
local host, internal = ...
local error, ipairs = error, ipairs
local check, wait_for = internal.check, internal.wait_for

-- Called as the last thing, so that the caller's line is the next one.
local function answer(status, ...)
  if status == false then error((...), 2) end
  return ...
end

http, net = {}, {}
local modules = { http = http, net = net }
for _, name in ipairs({ "http.request", "net.http_get", "net.http_post", "net.download" }) do
  local module, field = name:match("(%w+)%.(.*)")
  modules[module][field] = function(...)
    check(name, ...)
    return answer(wait_for(name, ...))
  end
end

package.loaded.http, package.loaded.net = http, net
`;
