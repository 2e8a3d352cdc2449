import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isLuaTable, type LuaValue } from "@sloth/dsl";
import { expect, it, onTestFinished } from "vitest";
import { luaAttempt, taskAttempt } from "./attempts.js";
import { observe } from "./observe.js";
import type { ContractSubject } from "./subject.js";

const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

/** Lua of values, and what they are outside. */
const VALUES: [lua: string, value: unknown][] = [
  ["math.maxinteger", 2n ** 63n - 1n],
  ["math.mininteger", -(2n ** 63n)],
  ["-0.0", -0],
  ["0/0", Number.NaN],
  ["2^62", 2 ** 62],
  ["{ 1, nil, 3 }", [1, null, 3]],
  ["{ 1, data.null, 3 }", [1, null, 3]],
  ["{}", {}],
  ["data.array({})", []],
  ['data.parse_json("[[], {}]")', [[], {}]],
  ['{ __proto__ = { x = 1 }, ["a b"] = true }', JSON.parse('{ "__proto__": { "x": 1 }, "a b": true }')],
  [
    "(function() local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end return table.concat(t) end)()",
    allBytes,
  ],
];

/** Starts a server, which keeps connections open; gives its address. */
async function serve(handle: RequestListener): Promise<string> {
  const server = createServer({ keepAlive: true }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As `toEqual`, to which a key `__proto__` is the prototype. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
  if (!isLuaTable(expected as LuaValue)) return;
  expect(Object.keys(actual as object).sort()).toEqual(Object.keys(expected as object).sort());
}

export function describeDataAndNet(subject: () => ContractSubject): void {
  it.each(VALUES)("carries %s in outputs, exports, deps and params", async (lua, value) => {
    const given = { v: value as never };
    const attempt = await luaAttempt(
      subject(),
      `local v = ${lua} export{ v = v, p = params.v } return true, nil, { v = v, d = deps.t.v }`,
      { params: given, deps: { t: given } },
    );
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
    const outputs = result.outputs as Record<string, unknown>;
    for (const carried of [outputs.v, outputs.d, result.exports?.v, result.exports?.p])
      expectSame(carried, value);
  });

  it("reads and writes JSON and YAML", async () => {
    const attempt = await luaAttempt(
      subject(),
      `local text = '{"a":[],"b":{},"c":[null,9223372036854775807],"d":0.1}'
       local value = assert(data.parse_json(text))
       local again = assert(data.parse_yaml(assert(data.to_yaml(value))))
       local _, problem = data.parse_json("[1,\\n2,,]")
       return data.to_json(value) == text and data.to_json(again) == text, problem`,
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({
      status: "succeeded",
      message: expect.stringContaining("line 2, column 3"),
    });
  });

  it("merges what is exported, hooks and failures included", async () => {
    const fields = `pre_exec = function() export{ a = 1, b = 1 } return true end,
      command = function() export{ b = { 2 } } return false, "no" end,
      on_failure = function() export{ c = "3" } end`;
    const { result } = await observe(subject(), await taskAttempt(subject(), fields));
    expect(result).toMatchObject({ status: "failed", exports: { a: 1, b: [2], c: "3" } });
  });

  it("has no exports where nothing was exported", async () => {
    const { result } = await observe(subject(), await luaAttempt(subject(), "return true"));
    expect(result.exports).toBeUndefined();
  });

  it("sends and gets bytes", async () => {
    const origin = await serve((request, response) => {
      response.setHeader("x-asked", `${request.method} ${request.headers["x-name"]}`);
      response.statusCode = 500;
      request.pipe(response);
    });
    const attempt = await luaAttempt(
      subject(),
      `local response, err = http.request{ url = params.url, method = "PUT", body = params.bytes, headers = { ["X-Name"] = "me" } }
       local body, status = net.http_post(params.url, params.bytes)
       return err == nil and body == params.bytes and status == 500, response.headers["x-asked"], response.body`,
      { params: { url: origin, bytes: allBytes } },
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: "PUT me" });
    expect(result.outputs).toEqual(allBytes);
  });

  it("asks twice at the same time in parallel", async () => {
    const waiting: ServerResponse[] = [];
    const origin = await serve((request, response) => {
      waiting.push(response);
      if (waiting.length === 2) for (const one of waiting) one.end(request.url);
    });
    const attempt = await luaAttempt(
      subject(),
      `local function ask() local body, status, _, err = net.http_get(params.url) return status == 200, err end
       local results, err = parallel({ ask, ask })
       return err == nil, err`,
      { params: { url: origin } },
    );
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("succeeded");
  });

  it("downloads into the workspace under the umask of the attempt", async () => {
    const origin = await serve((_, response) => void response.end(allBytes));
    const attempt = await luaAttempt(
      subject(),
      `local err, none = net.download(params.url, "downloaded"), net.download(params.url, "no/such") return err == nil, none`,
      { params: { url: origin }, umask: 0o027 },
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({ status: "succeeded", message: expect.stringContaining("No such file") });
    const path = join(subject().workspace, "downloaded");
    expect(new Uint8Array(await readFile(path))).toEqual(allBytes);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it.each([
    ["a request", "net.http_get(params.url)"],
    ["a download", 'net.download(params.url, "half")'],
    ["one that is caught", "while true do pcall(net.http_get, params.url) end"],
  ])("ends %s that is not answered at the time limit", async (_, code) => {
    const origin = await serve((_, response) => void response.write("half"));
    const attempt = await luaAttempt(subject(), `${code} return true`, {
      params: { url: origin },
      timeoutMs: 500,
    });
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("timed-out");
  });

  it("says that nobody answers", async () => {
    const attempt = await luaAttempt(
      subject(),
      'local body, status, headers, err = net.http_get("http://me:secret@127.0.0.1:1/secret") return body == nil, err',
    );
    const { result } = await observe(subject(), attempt);
    expect(result).toMatchObject({
      status: "succeeded",
      message: "GET http://127.0.0.1:1: Connection refused",
    });
  });
}
