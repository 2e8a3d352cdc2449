import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StandardClient } from "./grpc/standard-client.js";
import { startAgent, type TestAgent } from "./support/agent.js";
import { sloth, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** A task on the agent that runs until the file `go` is there. */
function waitingTask({ address }: TestAgent): { file: string; release(): void } {
  const directory = temporaryDirectory();
  const go = join(directory, "go");
  const command = `echo begun; until [ -e ${go} ]; do sleep 0.05; done; echo done > made`;
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { command = [[${command}]] } } } }`,
  );
  return { file, release: () => writeFileSync(go, "") };
}

function quickTask({ address }: TestAgent): string {
  return writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { quick = { command = "true" } } } }`,
  );
}

describe("an agent that is told to end by SIGTERM", () => {
  it("takes nothing new, and lets the running task end and bring its changes home", async () => {
    const agent = await startAgent(["--slots", "1", "--drain", "1m"]);
    const { file, release } = waitingTask(agent);
    const run = startSloth(["run", "-f", file]);
    await run.until(/begun/);
    const waiting = startSloth(["run", "-f", quickTask(agent)]);
    await waiting.until(/waits|queued|position/i);

    agent.kill("SIGTERM");
    await agent.until(/draining/);

    expect((await waiting.ended).code).toBe(3);
    const late = await sloth(["run", "-f", quickTask(agent)]);
    expect(late.code).toBe(3);
    expect(late.stderr).toContain("draining");
    release();
    expect((await run.ended).code).toBe(0);
    expect((await agent.ended).code).toBe(0);
  });

  it("stops the running task when the time for draining is over", async () => {
    const agent = await startAgent(["--drain", "100ms"]);
    const run = startSloth(["run", "-f", waitingTask(agent).file, "--grace", "1s"]);
    await run.until(/begun/);

    agent.kill("SIGTERM");

    const { code, stderr } = await run.ended;
    expect(code).toBe(3);
    expect(stderr).toContain("stopping");
    expect((await agent.ended).code).toBe(0);
  });
});

describe("an agent that serves metrics", () => {
  it("counts attempts and slots, and says whether it is alive and ready", async () => {
    const agent = await startAgent(["--slots", "3", "--metrics-port", "0"]);
    const [, port] = await agent.until(/metrics on http:\/\/127\.0\.0\.1:(\d+)/);
    const get = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    expect(await get("/healthz")).toMatchObject({ status: 200 });
    expect(await get("/readyz")).toMatchObject({ status: 200 });
    expect((await get("/else")).status).toBe(404);
    const { file, release } = waitingTask(agent);
    const run = startSloth(["run", "-f", file]);
    await run.until(/begun/);

    const during = (await get("/metrics")).text;
    release();
    expect((await run.ended).code).toBe(0);
    const after = (await get("/metrics")).text;

    expect(during).toMatch(/^sloth_agent_slots 3$/m);
    expect(during).toMatch(/^sloth_agent_slots_in_use 1$/m);
    expect(after).toMatch(/^sloth_agent_slots_in_use 0$/m);
    expect(after).toMatch(/^sloth_agent_attempts_ended_total\{outcome="succeeded"\} 1$/m);
    expect(after).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});

it("serves metrics and probes beyond loopback where that is asked for, and says so", async () => {
  const agent = await startAgent(["--metrics-port", "0", "--metrics-host", "0.0.0.0"]);
  const [, port] = await agent.until(/metrics on http:\/\/0\.0\.0\.0:(\d+)/);
  // An address of this machine that a server on 127.0.0.1 does not have.
  expect((await fetch(`http://127.0.0.2:${port}/readyz`)).status).toBe(200);
  await expect(startAgent(["--metrics-host", "0.0.0.0"])).rejects.toThrow(/--metrics-port/);
  await expect(startAgent(["--metrics-port", "0", "--metrics-host", "192.0.2.1"])).rejects.toThrow(
    /--metrics-host 192\.0\.2\.1 is no address of this machine/,
  );
});

describe("an agent, to a client that knows gRPC and nothing of sloth", () => {
  const health = (client: StandardClient, service: string) =>
    client.call("health.proto", "grpc.health.v1.Health", "Check", { service });

  it("says that it serves, and while it drains that it does not", async () => {
    const agent = await startAgent(["--drain", "1m"]);
    const client = await StandardClient.of(agent.port);
    expect(await health(client, "")).toEqual({ status: 1 });
    expect(await health(client, "sloth.v1.AgentService")).toEqual({ status: 1 });
    const { file, release } = waitingTask(agent);
    const run = startSloth(["run", "-f", file]);
    await run.until(/begun/);

    agent.kill("SIGTERM");
    await agent.until(/draining/);

    expect(await health(client, "")).toEqual({ status: 2 });
    release();
    expect((await run.ended).code).toBe(0);
  });

  it("describes its service, by which it can be called", async () => {
    const agent = await startAgent(["--slots", "3"]);
    const client = await StandardClient.of(agent.port);

    const { services, definition } = await client.reflect("sloth.v1.AgentService");
    const hello = await client.call(definition, "sloth.v1.AgentService", "Hello", {
      protocol_min: 1,
      protocol_max: 1,
    });

    expect(services.sort()).toEqual(["grpc.health.v1.Health", "sloth.v1.AgentService"]);
    expect(hello).toMatchObject({ slots: 3, protocol: 1 });
    const healthReflected = await client.reflect("grpc.health.v1.Health");
    const request = { service: "" };
    expect(await client.call(healthReflected.definition, "grpc.health.v1.Health", "Check", request)).toEqual({
      status: 1,
    });
  });

  it("tells nothing without the token", async () => {
    const agent = await startAgent();
    const client = await StandardClient.of(agent.port, { hasToken: false });

    await expect(health(client, "")).rejects.toMatchObject({ code: 16 });
    await expect(client.reflect("sloth.v1.AgentService")).rejects.toMatchObject({ code: 16 });
  });
});

it("writes records as JSON, a line each, without what tasks print or are given", async () => {
  const agent = await startAgent(["--log-format", "json"]);
  const file = writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "${agent.address}", env = { SECRET = "s3cr3t" },
       tasks = { t = { command = "echo s3cr3t; false" } } } }`,
  );

  expect((await sloth(["run", "-f", file])).code).toBe(1);
  agent.kill("SIGINT");
  await agent.ended;

  const records = agent.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(records.map(({ msg }) => msg)).toEqual([
    expect.stringContaining("listening"),
    "attempt-accepted",
    "attempt-granted",
    "attempt-ended",
    expect.stringContaining("stopping"),
  ]);
  expect(records[3]).toMatchObject({ outcome: "failed", attempt: { group: "g", task: "t", number: 1 } });
  expect(agent.stdout).not.toContain("s3cr3t");
});
