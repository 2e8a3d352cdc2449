import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { agentPort } from "./agent-port.js";
import { checksOf } from "./checks.js";
import type { DoctorContext } from "./doctor-context.js";
import { agentDisk } from "./free-disk.js";
import { isAtLeast, nodeVersion } from "./node-version.js";
import { openFileLimit, openFiles } from "./open-files.js";

const signal = new AbortController().signal;

function contextOf(more: Partial<DoctorContext> = {}): DoctorContext {
  const directory = mkdtempSync(join(tmpdir(), "sloth-doctor-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return {
    directory,
    temporaryDirectory: directory,
    agentStateDirectory: join(directory, "not/there/yet"),
    agentPort: 0,
    agents: [],
    shownCertificate: async () => ({ kind: "nobody", code: "ECONNREFUSED" }),
    connect: () => Promise.reject(new Error("nobody is there")),
    ...more,
  };
}

describe("the checks of this machine", () => {
  it.each([
    ["20.20.2", "20.19", true],
    ["20.19.0", "20.19", true],
    ["20.18.9", "20.19", false],
    ["22.1.0", "20.19", true],
    ["18.20.1", "20.19", false],
    ["20.20.2", "20.9", true],
  ])("take Node %s for at least %s: %s", (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected);
  });

  it.each([
    ["Max open files            1024                 524288               files     \n", 1024],
    ["Max open files            unlimited            unlimited            files     \n", Infinity],
    ["", undefined],
  ])("read of %j how many files may be open", (limits, expected) => {
    expect(openFileLimit(limits)).toBe(expected);
  });

  it("find that this very process can run", async () => {
    const context = contextOf();
    expect(await nodeVersion.run(context, signal)).toMatchObject({ outcome: "ok" });
    expect(await openFiles.run(context, signal)).not.toMatchObject({ outcome: "failed" });
  });

  it("look at the disk on which a directory would be made", async () => {
    const context = contextOf();
    const { message } = await agentDisk.run(context, signal);
    expect(message).toContain(`${context.agentStateDirectory}: `);
    expect(message).toMatch(/ free$/);
  });

  it("tell when another program has the port of an agent", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const port = (server.address() as { port: number }).port;
    expect(await agentPort.run(contextOf({ agentPort: port }), signal)).toEqual({
      outcome: "warning",
      message: `an agent here could not have ${port}: another program listens on it`,
      mend: "npx @sloth/agent --port PORT",
    });
    expect(await agentPort.run(contextOf(), signal)).toMatchObject({ outcome: "ok" });
  });

  it("have each a name of its own", () => {
    const agents = ["a", "b"].map((label) => ({ label, host: label, port: 1 }));
    const names = checksOf(contextOf({ agents })).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
