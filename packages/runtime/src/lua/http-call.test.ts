import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import type { HttpAnswer, HttpOutcome, HttpRequest } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../testing/attempt.js";
import { SELF_SIGNED } from "../testing/self-signed.js";
import { callHttp } from "./http-call.js";

const allBytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));

/** Starts a server; gives its origin. */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(handle: RequestListener): Promise<string> {
  return `http://${await listen(createServer({ keepAlive: true }, handle))}`;
}

function call(url: string, changes: Partial<HttpRequest> = {}, signal = new AbortController().signal) {
  const request = { url, method: "GET", headers: {}, timeoutMs: 10_000, follow: true, ...changes };
  return callHttp(request, { confinedTo: undefined, umask: 0o027, signal });
}

function answerOf(outcome: HttpOutcome): HttpAnswer & { text: string } {
  if ("error" in outcome) throw new Error(outcome.error);
  return { ...outcome, text: Buffer.from(outcome.body).toString() };
}

function errorOf(outcome: HttpOutcome): string {
  if ("error" in outcome) return outcome.error;
  throw new Error(`It was answered: ${outcome.status}`);
}

/** Answers with what it was asked. */
const echo: RequestListener = async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString("latin1") }));
};

describe("callHttp", () => {
  it("sends a method, headers and bytes, and gives bytes back", async () => {
    const origin = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.setHeader("X-Asked", [request.method ?? "", String(request.headers["x-name"])]);
      response.end(Buffer.concat(chunks));
    });
    const answer = answerOf(
      await call(origin, { method: "PATCH", body: allBytes, headers: { "x-name": "grün" } }),
    );
    expect(Buffer.from(answer.body).equals(allBytes)).toBe(true);
    expect(Buffer.from(answer.headers["x-asked"] as Uint8Array).toString()).toBe("PATCH, grün");
  });

  it("says who asks, and closes its connection", async () => {
    const { text } = answerOf(await call(`${await serve(echo)}/path?q=1`));
    expect(JSON.parse(text)).toMatchObject({
      method: "GET",
      url: "/path?q=1",
      headers: { "user-agent": "sloth", accept: "*/*", connection: "close" },
    });
  });

  it("sends the user and the password of a URL", async () => {
    const url = (await serve(echo)).replace("//", "//me:s%3Acret@");
    const { headers } = JSON.parse(answerOf(await call(url)).text);
    expect(headers.authorization).toBe(`Basic ${Buffer.from("me:s:cret").toString("base64")}`);
  });

  it.each([200, 204, 404, 500])("takes %d as an answer", async (status) => {
    const origin = await serve((_, response) => void response.writeHead(status).end());
    expect(answerOf(await call(origin)).status).toBe(status);
  });

  it("gives several headers of one name joined, whatever their names", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, ["Set-Cookie", "a=1", "X-Y", "1", "set-cookie", "b=2", "__proto__", "p"]).end();
    });
    const { headers } = answerOf(await call(origin));
    expect(headers).toMatchObject({ "set-cookie": "a=1, b=2", "x-y": "1" });
    expect(Object.entries(headers)).toContainEqual(["__proto__", "p"]);
  });

  it.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [307, "POST", "POST", "body"],
    [308, "PUT", "PUT", "body"],
  ])("follows %d after %s with %s", async (status, method, then, body) => {
    const origin = await serve((request, response) => {
      if (request.url === "/there") return void echo(request, response);
      response.writeHead(status, { location: "there" }).end("elsewhere");
    });
    const headers = { authorization: "secret", "content-type": "text/plain" };
    const { text } = answerOf(await call(`${origin}/here`, { method, headers, body: Buffer.from("body") }));
    const seen = JSON.parse(text);
    expect(seen).toMatchObject({ method: then, body, headers: { authorization: "secret" } });
    expect(seen.headers["content-type"]).toBe(body === "" ? undefined : "text/plain");
  });

  it("tells another server nothing of who asks", async () => {
    const other = await serve(echo);
    const origin = await serve((_, response) => void response.writeHead(307, { location: other }).end());
    const url = origin.replace("//", "//me:secret@");
    const { text } = answerOf(await call(url, { headers: { cookie: "secret", authorization: "secret" } }));
    expect(text).not.toContain("secret");
  });

  it("follows no redirect where it shall not, and not without end", async () => {
    const origin = await serve(
      (_, response) => void response.writeHead(302, { location: "/again" }).end("x"),
    );
    expect(answerOf(await call(origin, { follow: false }))).toMatchObject({ status: 302, text: "x" });
    expect(errorOf(await call(origin))).toBe(`GET ${origin}: there were more than 10 redirects`);
  });

  it("does not follow to what is not HTTP", async () => {
    const origin = await serve(
      (_, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    );
    expect(errorOf(await call(origin))).toBe(`GET ${origin}: the URL is neither of http nor of https`);
  });

  it.each([
    ["ftp://user:secret@host/", "GET: the URL is neither of http nor of https"],
    ["user:secret@host", "GET: the URL is neither of http nor of https"],
    ["http://", "GET: the URL is not valid"],
    ["http://user:secret@no-such-host.invalid/secret?secret", /^GET http:\/\/no-such-host.invalid: .*host/],
  ])("%s is not answered", async (url, problem) => {
    const error = errorOf(await call(url));
    expect(error).toMatch(problem);
    expect(error).not.toContain("secret");
  });

  it("says that nobody listens", async () => {
    const server = createTcpServer();
    const place = await listen(server);
    server.close();
    await once(server, "close");
    expect(errorOf(await call(`http://${place}`))).toBe(`GET http://${place}: Connection refused`);
    expect(errorOf(await call(`http://localhost:${place.split(":")[1]}`))).toContain("Connection refused");
  });

  it("says that the other side speaks no TLS, or no HTTP", async () => {
    const origin = await serve(echo);
    expect(errorOf(await call(origin.replace("http:", "https:")))).toMatch(/: TLS: wrong version number$/);
    const place = await listen(createTcpServer((socket) => void socket.end("SSH-2.0-x\r\n\r\n")));
    expect(errorOf(await call(`http://${place}`))).toContain("the answer is not HTTP");
  });

  it("trusts no certificate that nobody has signed", async () => {
    const place = await listen(createTlsServer(SELF_SIGNED, echo));
    const error = errorOf(await call(`https://${place}`, { headers: { authorization: "secret" } }));
    expect(error).toBe(`GET https://${place}: self-signed certificate`);
  });

  it.each([
    ["before the head", ""],
    ["in the body", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"],
    ["in another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
  ])("says that the connection was closed %s", async (_, bytes) => {
    const place = await listen(
      createTcpServer((socket) => void socket.once("data", () => socket.end(bytes))),
    );
    expect(errorOf(await call(`http://${place}`))).toContain("closed before the answer was complete");
  });

  it("ends at its time limit, before the head and in the body", async () => {
    const silent = await serve(() => {});
    const slow = await serve((_, response) => void response.write("half"));
    for (const origin of [silent, slow]) {
      expect(errorOf(await call(origin, { timeoutMs: 100 }))).toBe(
        `GET ${origin}: exceeded its time limit of 100ms`,
      );
    }
  });

  it("ends when it is stopped", async () => {
    const stop = new AbortController();
    const origin = await serve(() => stop.abort());
    errorOf(await call(origin, {}, stop.signal));
    errorOf(await call(origin, {}, stop.signal));
  });

  it("gives a body of 64 MiB, and none that is larger", async () => {
    const origin = await serve((request, response) => {
      response.write(Buffer.alloc(64 * 1024 * 1024));
      response.end(request.url === "/more" ? "x" : "");
    });
    expect(answerOf(await call(origin)).body.length).toBe(64 * 1024 * 1024);
    expect(errorOf(await call(`${origin}/more`))).toContain("larger than the 64 MiB");
  });
});

describe("a body that is saved", () => {
  const bytes = Buffer.concat(new Array(1000).fill(allBytes));

  it("goes to a file under the mask of the task", async () => {
    const directory = temporaryDirectory();
    const origin = await serve((_, response) => void response.end(bytes));
    const { body } = answerOf(await call(origin, { saveTo: join(directory, "file") }));
    expect(body.length).toBe(0);
    expect(readFileSync(join(directory, "file")).equals(bytes)).toBe(true);
    expect(statSync(join(directory, "file")).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  it("replaces the file that a link leads to, which keeps its mode", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "old", { mode: 0o600 });
    symlinkSync("file", join(directory, "link"));
    const origin = await serve((_, response) => void response.end("new"));
    answerOf(await call(origin, { saveTo: join(directory, "link") }));
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("new");
    expect(statSync(join(directory, "file")).mode & 0o777).toBe(0o600);
  });

  it("goes nowhere where it does not come whole", async () => {
    const directory = temporaryDirectory();
    const missing = await serve((_, response) => void response.writeHead(404).end("not here"));
    const half = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      setTimeout(() => response.destroy(), 50);
    });
    expect(errorOf(await call(missing, { saveTo: join(directory, "file") }))).toContain("404 Not Found");
    expect(errorOf(await call(half, { saveTo: join(directory, "file") }))).toContain("closed before");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not asked for where it cannot be saved", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "directory"));
    let asked = 0;
    const origin = await serve((_, response) => void response.end(String(++asked)));
    expect(errorOf(await call(origin, { saveTo: join(directory, "none/file") }))).toContain("No such file");
    expect(errorOf(await call(origin, { saveTo: join(directory, "directory") }))).toContain(
      "Not a regular file",
    );
    expect(asked).toBe(0);
  });

  it("may take long as long as it comes", async () => {
    const directory = temporaryDirectory();
    const origin = await serve((_, response) => {
      let pieces = 0;
      const timer = setInterval(() => {
        response.write("x");
        if (++pieces < 8) return;
        clearInterval(timer);
        response.end();
      }, 100);
    });
    answerOf(await call(origin, { saveTo: join(directory, "file"), timeoutMs: 500 }));
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("x".repeat(8));
    expect(existsSync(join(directory, "file"))).toBe(true);
  });
});
