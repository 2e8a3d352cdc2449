import { mkdtempSync, rmSync } from "node:fs";
import { connect, type OutgoingHttpHeaders } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentServiceDefinition, type PinnedAgent } from "@sloth/protocol";
import { HealthDefinition } from "nice-grpc-server-health";
import { ServerReflectionService } from "nice-grpc-server-reflection";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Agent, startAgent } from "../agent.js";
import type { AgentEvent } from "../events/agent-event.js";

const UNAUTHENTICATED = 16;

/** Of every method that the agent serves, by the definitions that its server is made of. */
const paths = [
  ...[AgentServiceDefinition, HealthDefinition].flatMap(({ fullName, methods }) =>
    Object.values(methods).map(({ name }) => `/${fullName}/${name}`),
  ),
  ...Object.values(ServerReflectionService).map(({ path }) => path),
];

interface Served {
  agent: Agent;
  trust: Required<PinnedAgent>;
  events: AgentEvent[];
  /** The status of a call with an empty message. */
  call(path: string, headers?: OutgoingHttpHeaders): Promise<number>;
}

async function serve(): Promise<Served> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "sloth-agent-"));
  const events: AgentEvent[] = [];
  const agent = await startAgent({ port: 0, stateDirectory, onEvent: (event) => events.push(event) });
  onTestFinished(async () => {
    await agent.stop();
    rmSync(stateDirectory, { recursive: true });
  });
  const trust = agent.trust as Required<PinnedAgent>;
  const call = (path: string, headers: OutgoingHttpHeaders = {}) =>
    statusOf(agent.port, trust, path, headers);
  return { agent, trust, events, call };
}

function statusOf(
  port: number,
  { certificate }: PinnedAgent,
  path: string,
  headers: OutgoingHttpHeaders,
): Promise<number> {
  const session = connect(`https://127.0.0.1:${port}`, { ca: certificate, servername: "sloth-agent" });
  return new Promise<number>((resolve, reject) => {
    const call = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const take = (answer: object) => {
      const status = (answer as Record<string, unknown>)["grpc-status"];
      if (status !== undefined) resolve(Number(status));
    };
    call.on("response", take).on("trailers", take).on("error", reject);
    // A first message says that the call was let in, also where more would follow.
    call.on("data", () => resolve(0));
    call.end(Buffer.alloc(5));
  }).finally(() => session.destroy());
}

describe("every method of every service of an agent", () => {
  it("is known to this test", () => {
    expect(paths).toContain("/sloth.v1.AgentService/Execute");
    expect(paths).toContain("/grpc.health.v1.Health/Watch");
    expect(paths.length).toBeGreaterThanOrEqual(7);
  });

  it("refuses a caller without the token, and with anything but the token", async () => {
    const { call, trust } = await serve();
    const wrong: OutgoingHttpHeaders[] = [
      {},
      { authorization: "" },
      { authorization: "Bearer " },
      { authorization: trust.token },
      { authorization: `Bearer ${trust.token}x` },
      { authorization: `Bearer ${trust.token.slice(0, -1)}` },
      { authorization: `Bearer ${"A".repeat(43)}` },
      { authorization: `Basic ${trust.token}` },
    ];
    for (const path of paths)
      for (const headers of wrong)
        expect([path, headers, await call(path, headers)]).toEqual([path, headers, UNAUTHENTICATED]);
  });

  it("lets the owner of the token in, also when others at that address have failed often", async () => {
    const { call, trust, events } = await serve();
    for (let failure = 0; failure < 30; failure++) await call(paths[0] ?? "");
    for (const path of paths)
      expect([path, await call(path, { authorization: `Bearer ${trust.token}` })]).not.toEqual([
        path,
        UNAUTHENTICATED,
      ]);
    const refused = events.filter(({ type }) => type === "caller-refused");
    expect(refused).toHaveLength(10);
    expect(JSON.stringify(events)).not.toContain(trust.token);
  });
});
