import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { expect, it, onTestFinished } from "vitest";
import { TIMED } from "../support/timed.js";
import { type LineSettings, startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

const MIB = 1024 * 1024;

/** A server behind a proxy; both go when the test has finished. */
async function proxyTo(serve: (socket: Socket) => void, settings: LineSettings = {}): Promise<TcpProxy> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startTcpProxy({ targetPort: (server.address() as AddressInfo).port, ...settings });
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return proxy;
}

function clientOf(proxy: TcpProxy): Socket {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function roundTripMs(socket: Socket): Promise<number> {
  const startedMs = performance.now();
  socket.write("?");
  await once(socket, "data");
  return performance.now() - startedMs;
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** Resolves with the code of the error that ends the socket, and what came before it. */
function brokenBy(socket: Socket): Promise<{ code: string | undefined; receivedBytes: number }> {
  return new Promise((resolve) => {
    let receivedBytes = 0;
    socket.on("data", (chunk: Buffer) => {
      receivedBytes += chunk.length;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve({ code: error.code, receivedBytes }));
    socket.on("end", () => resolve({ code: undefined, receivedBytes }));
  });
}

it("hands on what it gets, in order, both ways, with the end of each direction, and counts it", async () => {
  const proxy = await proxyTo(echo, { oneWayDelayMs: 3 });
  const content = randomBytes(8 * MIB + 1);
  const client = clientOf(proxy);
  client.end(content);

  const received = await readAll(client);

  expect(createHash("sha256").update(received).digest()).toEqual(
    createHash("sha256").update(content).digest(),
  );
  expect(proxy.bytes).toEqual({ toTarget: content.length, toClient: content.length });
});

it("delays each direction, and a new connection by the round trip of its handshake", async () => {
  const proxy = await proxyTo(echo, { oneWayDelayMs: 20 });
  const client = clientOf(proxy);

  const firstMs = await roundTripMs(client);
  const laterMs = [];
  for (let i = 0; i < 9; i++) laterMs.push(await roundTripMs(client));

  expect(firstMs).toBeGreaterThan(78);
  // The least of several: a busy machine only makes them later.
  expect(Math.min(...laterMs)).toBeGreaterThan(38);
  expect(Math.min(...laterMs)).toBeLessThan(48);
});

it(
  "does not throttle by its delay: many times more than a socket buffer is under way at once",
  TIMED,
  async () => {
    const proxy = await proxyTo((socket) => socket.resume().on("end", () => socket.end("done")), {
      oneWayDelayMs: 250,
    });
    const client = clientOf(proxy);
    const startedMs = performance.now();
    client.end(Buffer.alloc(64 * MIB));

    await readAll(client);

    // One window of 4 MiB a round trip would take eight seconds.
    expect(performance.now() - startedMs).toBeLessThan(4000);
  },
);

it("limits the bytes per second", TIMED, async () => {
  const proxy = await proxyTo((socket) => socket.resume().on("end", () => socket.end("done")), {
    bytesPerSecond: 4 * MIB,
  });
  const client = clientOf(proxy);
  const startedMs = performance.now();
  client.end(Buffer.alloc(2 * MIB));

  await readAll(client);

  const elapsedMs = performance.now() - startedMs;
  expect(elapsedMs).toBeGreaterThan(480);
  expect(elapsedMs).toBeLessThan(1500);
});

it("stops reading when the receiver does not take what is due", async () => {
  const accepted: Socket[] = [];
  const proxy = await proxyTo((socket) => accepted.push(socket.pause()), { oneWayDelayMs: 1 });
  const client = clientOf(proxy);
  const block = Buffer.alloc(MIB);
  let written = 0;
  while (client.write(block) || (await drainsWithin(client, 500))) written += block.length;

  // What the four socket buffers hold, and nothing that grows.
  expect(written).toBeLessThan(64 * MIB);
  accepted[0]?.resume();
  await once(client, "drain");
});

async function drainsWithin(socket: Socket, timeoutMs: number): Promise<boolean> {
  try {
    await once(socket, "drain", { signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } catch {
    // The time is over.
    return false;
  }
}

it("stalls one direction and goes on where it was", async () => {
  const proxy = await proxyTo(echo);
  const client = clientOf(proxy);
  await roundTripMs(client);

  proxy.stall("toClient");
  const answer = once(client, "data");
  client.write("!");
  await expect.poll(() => proxy.bytes.toTarget).toBe(2);

  expect(proxy.bytes.toClient).toBe(1);
  proxy.resume("toClient");
  expect(String((await answer)[0])).toBe("!");
});

it("cuts at a byte of what the client sends, and serves who comes later", async () => {
  const proxy = await proxyTo((socket) => socket.resume());
  const client = clientOf(proxy);
  const broken = brokenBy(client);
  const cut = proxy.cutAt("toTarget", MIB + 7);
  client.write(Buffer.alloc(4 * MIB));

  await cut;

  expect((await broken).code).toMatch(/ECONNRESET|EPIPE/);
  expect(proxy.bytes.toTarget).toBe(MIB + 7);
  clientOf(proxy).write("later");
  await expect.poll(() => proxy.bytes.toTarget).toBe(MIB + 12);
});

it("cuts at a byte of what the client receives", async () => {
  const proxy = await proxyTo((socket) => socket.write(Buffer.alloc(4 * MIB)));
  const cut = proxy.cutAt("toClient", 100_000);
  const broken = brokenBy(clientOf(proxy));

  await cut;

  const { code, receivedBytes } = await broken;
  expect(code).toBe("ECONNRESET");
  expect(receivedBytes).toBeLessThanOrEqual(100_000);
  expect(proxy.bytes.toClient).toBe(100_000);
});

it("cuts at once when the byte has passed already", async () => {
  const proxy = await proxyTo(echo);
  const client = clientOf(proxy);
  await roundTripMs(client);
  const broken = brokenBy(client);

  await proxy.cutAt("toTarget", 1);

  expect((await broken).code).toBe("ECONNRESET");
  await expect.poll(() => proxy.openConnections).toBe(0);
});

it("resets the client of a target that does not listen", async () => {
  const proxy = await startTcpProxy({ targetPort: 1 });
  onTestFinished(() => proxy.close());

  const { code } = await brokenBy(clientOf(proxy));

  expect(code).toBe("ECONNRESET");
});
