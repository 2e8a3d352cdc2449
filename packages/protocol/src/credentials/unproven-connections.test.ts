import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { UnprovenConnections } from "./unproven-connections.js";

async function watched(deadlineMs: number) {
  const connections = new UnprovenConnections({ deadlineMs });
  const server = createServer();
  connections.watch(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const open: Socket[] = [];
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    connections,
    async connect() {
      const accepted = once(server, "connection");
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
      open.push(socket);
      await accepted;
      return { socket, peer: `127.0.0.1:${socket.localPort}`, ended: once(socket, "close") };
    },
  };
}

describe("a connection whose caller has not shown who it is", () => {
  it("ends when its time is over", async () => {
    const { connect } = await watched(50);
    const { ended } = await connect();
    await ended;
  });

  it("lives once it has been admitted, also beyond others' deadlines", async () => {
    const { connections, connect } = await watched(50);
    const admitted = await connect();
    connections.admit(admitted.peer);
    const other = await connect();
    await other.ended;
    expect(admitted.socket.destroyed).toBe(false);
    connections.refuse(admitted.peer, { isLast: true });
    const last = await connect();
    await last.ended;
    expect(admitted.socket.destroyed).toBe(false);
  });

  it("ends soon where that is asked for", async () => {
    const { connections, connect } = await watched(600_000);
    const { peer, ended } = await connect();
    connections.refuse(peer, { isLast: true });
    await ended;
  });

  it("ends at once when more of its calls are refused than anybody makes by mistake", async () => {
    const { connections, connect } = await watched(600_000);
    const { peer, ended } = await connect();
    for (let refusal = 0; refusal < 11; refusal++) connections.refuse(peer, { isLast: false });
    await ended;
  });

  it("ends for a newer one when there are too many", async () => {
    const { connect } = await watched(600_000);
    const first = await connect();
    for (let number = 0; number < 256; number++) await connect();
    await first.ended;
  });
});
