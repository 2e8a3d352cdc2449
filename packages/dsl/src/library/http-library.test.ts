import { describe, expect, it } from "vitest";
import type { HttpOutcome, HttpRequest } from "../host.js";
import { temporaryHost } from "../testing/temporary-host.js";
import { commandWorkflow, loadError, openState, run, temporaryDirectory } from "../testing/workflow-files.js";

/** Runs the body of a command whose requests all have this outcome. */
async function runWith(outcome: HttpOutcome, body: string) {
  const requests: HttpRequest[] = [];
  const host = temporaryHost(temporaryDirectory());
  host.begin = (_, request) => requests.push(request as HttpRequest);
  host.next = () => ({ id: requests.length, outcome });
  const { call } = await openState(commandWorkflow(body), { host });
  return { ...call(), requests, host };
}

const answer = {
  status: 404,
  headers: { "content-type": "text/plain" },
  body: Uint8Array.from({ length: 256 }, (_, index) => index),
};

describe("http and net", () => {
  it("request gives a table, and asks for what it is told", async () => {
    const { outputs, requests } = await runWith(
      answer,
      `local response, err = http.request{ url = "http://h/", method = "put", headers = { ["X-A"] = 1 }, body = "\\0\\255",
         timeout = "2s", follow = false }
       return true, nil, { response, err }`,
    );
    expect(outputs).toMatchObject([
      { status: 404, headers: { "content-type": "text/plain" }, body: answer.body },
    ]);
    const headers = { "x-a": "1" };
    const body = new Uint8Array([0, 255]);
    expect(requests).toEqual([
      { url: "http://h/", method: "PUT", headers, body, timeoutMs: 2000, follow: false },
    ]);
  });

  it("http_get and http_post give the body first", async () => {
    const { outputs, requests } = await runWith(
      answer,
      `local body, status, headers, err = net.http_post("http://h/", "x", { A = "b" })
       local got = table.pack(net.http_get("http://h/"))
       net.http_post("http://h/")
       return true, nil, { #body, status, headers["content-type"], tostring(err), got.n }`,
    );
    expect(outputs).toEqual([256, 404, "text/plain", "nil", 3]);
    const shared = { url: "http://h/", timeoutMs: 30_000, follow: true };
    expect(requests).toMatchObject([
      { ...shared, method: "POST", body: new Uint8Array([120]), headers: { a: "b" } },
      { ...shared, method: "GET" },
      { ...shared, method: "POST", body: new Uint8Array(), headers: {} },
    ]);
  });

  it("download tells nothing but an error", async () => {
    const { outputs, requests, host } = await runWith(
      answer,
      `return true, nil, { select("#", net.download("http://h/", "f")) }`,
    );
    expect(outputs).toEqual([1]);
    expect(requests).toMatchObject([{ method: "GET", saveTo: `${host.workdir}/f` }]);
  });

  it("gives an error last", async () => {
    const { outputs } = await runWith(
      { error: "refused" },
      `local _, e1 = http.request{ url = "x" } local _, _, _, e2 = net.http_get("x") return true, nil, { e1, e2, net.download("x", "f") }`,
    );
    expect(outputs).toEqual(["refused", "refused", "refused"]);
  });

  it.each([
    ["http.request()", "bad argument #1 to 'request' (table expected, got no value)"],
    ["http.request{}", "http.request: url is missing"],
    [
      'http.request{ url = "x", metod = "GET" }',
      'http.request: unknown option "metod". Did you mean "method"?',
    ],
    [
      'http.request{ url = "x", method = "CONNECT" }',
      'http.request: method must be a method of HTTP, such as "POST"',
    ],
    ['http.request{ url = "x", follow = 1 }', "http.request: follow must be true or false"],
    ['http.request{ url = "x", timeout = 0 }', "http.request: timeout must be longer than zero, got 0"],
    ['http.request{ url = "x", body = {} }', "http.request: body must be a string"],
    [
      'http.request{ url = "x", headers = { ["a b"] = "x" } }',
      'http.request: headers has the impossible name "a b"',
    ],
    [
      'http.request{ url = "x", headers = { a = "x\\r\\ny" } }',
      "http.request: headers.a holds a control character",
    ],
    [
      'http.request{ url = "x", headers = { ["Content-Length"] = 3 } }',
      "http.request: headers.content-length is set by itself",
    ],
    ["net.http_get()", "bad argument #1 to 'http_get' (string expected, got no value)"],
    ['net.http_post("x", {})', "bad argument #2 to 'http_post' (string expected, got table)"],
    ['net.http_post("x", "y", "z")', "bad argument #3 to 'http_post' (table expected, got string)"],
    ['net.http_post("x", "y", { a = {} })', "net.http_post: headers.a must be a string of valid UTF-8"],
    ['net.download("x")', "bad argument #2 to 'download' (string expected, got no value)"],
    ['net.download("x", "")', "bad argument #2 to 'net.download' (the path is empty)"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });

  it.each(['http.request{ url = "x" }', 'net.http_get("x")', 'net.download("x", "y")'])(
    "%s is refused while the workflow is loaded",
    async (code) => {
      const { message } = await loadError(code);
      expect(message).toMatch(/workflow.lua:1: .*cannot run while the workflow is being loaded/);
    },
  );
});
