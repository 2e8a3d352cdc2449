import { readdirSync } from "node:fs";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAgent, type TestAgent } from "./support/agent.js";
import { peakRss, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const MIB = 2 ** 20;
/** More than an agent bears of those who have not shown who they are. */
const STRANGERS = 400;
/** For what an agent has open besides. */
const OWN_DESCRIPTORS = 100;

/** Connections without TLS, of which each sends the beginning of a greeting. */
function slowGreetings(port: number): void {
  const sockets: Socket[] = [];
  for (let number = 0; number < STRANGERS; number++) {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write(Buffer.from("1603010200", "hex"));
    sockets.push(socket);
  }
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
}

/** Connections over TLS that call with a wrong token, as often and as long as they may. */
function floodOfCalls(port: number): void {
  const sessions: ClientHttp2Session[] = [];
  for (let number = 0; number < STRANGERS; number++) {
    const session = connectHttp2(`https://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
      servername: "sloth-agent",
    });
    session.on("error", () => {});
    session.on("connect", () => {
      for (let call = 0; call < 12 && !session.destroyed; call++)
        session
          .request({
            ":method": "POST",
            ":path": "/sloth.v1.AgentService/Execute",
            "content-type": "application/grpc",
            authorization: "x".repeat(60_000),
          })
          .on("error", () => {});
    });
    sessions.push(session);
  }
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
  });
}

function runThere({ address }: TestAgent) {
  const file = writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { command = "seq 100000" } } } }`,
  );
  return sloth(["run", "-f", file]);
}

describe("an agent to which many connect who have nothing to show", () => {
  it.each([
    ["half a greeting each", slowGreetings],
    ["calls with a wrong token and long headers", floodOfCalls],
  ])("works for its owner, with bounded memory and descriptors: %s", async (_, attack) => {
    const agent = await startAgent();
    const before = await runThere(agent);
    expect(before.code).toBe(0);
    const calm = peakRss(agent.pid);
    let descriptors = 0;
    const counting = setInterval(() => {
      descriptors = Math.max(descriptors, readdirSync(`/proc/${agent.pid}/fd`).length);
    }, 20);
    onTestFinished(() => clearInterval(counting));

    attack(agent.port);
    const during = await runThere(agent);

    expect(during.code, during.stderr).toBe(0);
    expect(during.stdout).toContain("100000");
    expect(descriptors).toBeLessThan(256 + OWN_DESCRIPTORS);
    expect((peakRss(agent.pid) - calm) / MIB).toBeLessThan(400);
  });
});
