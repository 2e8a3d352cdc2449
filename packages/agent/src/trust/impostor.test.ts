import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askCertificate, fingerprintOf, openAgentChannels, type PinnedAgent } from "@sloth/protocol";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Agent, startAgent } from "../agent.js";
import type { AgentEvent } from "../events/agent-event.js";
import { makeSelfSignedCertificate } from "./self-signed-certificate.js";

async function start(): Promise<{ agent: Agent; trust: Required<PinnedAgent>; events: AgentEvent[] }> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "sloth-agent-"));
  const events: AgentEvent[] = [];
  const agent = await startAgent({ port: 0, stateDirectory, onEvent: (event) => events.push(event) });
  onTestFinished(async () => {
    await agent.stop();
    rmSync(stateDirectory, { recursive: true });
  });
  return { agent, trust: agent.trust as Required<PinnedAgent>, events };
}

function hello({ port }: Agent, trust: PinnedAgent): Promise<unknown> {
  const channels = openAgentChannels({ host: "127.0.0.1", port, trust });
  onTestFinished(() => channels.close());
  return channels.control.hello({ protocolMin: 1, protocolMax: 1, features: [], softwareVersion: "x" });
}

describe("a master that has pinned a certificate", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("speaks with the agent that has it", async () => {
    const { agent, trust } = await start();
    expect(await hello(agent, trust)).toMatchObject({ protocol: 1 });
  });

  // Node skips the check of the identity where it does not verify the certificate, which this variable says for all.
  it.each([undefined, "0"])("sends nothing to another, NODE_TLS_REJECT_UNAUTHORIZED=%s", async (value) => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", value);
    const { agent: impostor, events } = await start();
    const { trust } = await start();
    await expect(hello(impostor, trust)).rejects.toThrow(/UNAVAILABLE/);
    // It would have told of a call with a token that is not its own.
    expect(events).toEqual([]);
  });

  it("sends nothing to another that has the same names in its certificate", async () => {
    const { agent, events, trust } = await start();
    const { certificate } = makeSelfSignedCertificate();
    await expect(hello(agent, { ...trust, certificate })).rejects.toThrow(/UNAVAILABLE/);
    expect(events).toEqual([]);
  });

  it("is refused with another token", async () => {
    const { agent, trust } = await start();
    await expect(hello(agent, { ...trust, token: "A".repeat(43) })).rejects.toThrow(/UNAUTHENTICATED/);
    await expect(hello(agent, { kind: "pinned", certificate: trust.certificate })).rejects.toThrow(
      /UNAUTHENTICATED/,
    );
  });
});

it("shows its certificate to whoever asks, to be compared", async () => {
  const { agent, trust } = await start();
  const shown = await askCertificate({ host: "127.0.0.1", port: agent.port }, { timeoutMs: 10_000 });
  expect(shown.kind === "certificate" && fingerprintOf(shown.certificate)).toBe(
    fingerprintOf(trust.certificate),
  );
});
