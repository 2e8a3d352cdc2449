import { mkdtempSync, rmSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PinnedAgent } from "@sloth/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAgent } from "../agent.js";

/** A connection of somebody who has nothing to show. */
async function strange(): Promise<ClientHttp2Session> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "sloth-agent-"));
  const agent = await startAgent({ port: 0, stateDirectory });
  const { certificate } = agent.trust as PinnedAgent;
  const session = connect(`https://127.0.0.1:${agent.port}`, { ca: certificate, servername: "sloth-agent" });
  session.on("error", () => {});
  onTestFinished(async () => {
    session.destroy();
    await agent.stop();
    rmSync(stateDirectory, { recursive: true });
  });
  return session;
}

/** Whether a call is answered, and not cut off. */
function isAnswered(session: ClientHttp2Session): Promise<boolean> {
  if (session.destroyed) return Promise.resolve(false);
  const stream = session.request({
    ":method": "POST",
    ":path": "/sloth.v1.AgentService/Hello",
    "content-type": "application/grpc",
    authorization: "x".repeat(60_000),
  });
  return new Promise((resolve) => {
    stream.on("response", () => resolve(true));
    stream.on("error", () => {});
    stream.on("close", () => resolve(false));
    stream.resume();
    stream.end();
  });
}

describe("an agent, of somebody who has not shown who he is,", () => {
  it("answers a few calls and then ends the connection, so that it never holds many headers", async () => {
    const session = await strange();
    let answers = 0;
    while (await isAnswered(session)) answers += 1;
    expect(answers).toBeLessThanOrEqual(11);
  });
});
