import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { freePort } from "./support/free-port.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory } from "./support/workflow-file.js";

const groupLevel = `${repository}examples/documented/group-level.lua`;
const taskLevel = `${repository}examples/documented/task-level.lua`;

describe("the documented workflows", () => {
  it("runs the group that is delegated as a whole on the agent", async () => {
    const agent = await startAgent();
    const inventory = writeInventory(temporaryDirectory(), { "localhost:50051": agent.address });

    const { code, stdout } = await sloth(["run", "-f", groupLevel, "--agents", inventory]);

    expect(stdout).toContain("[remote_hello@localhost:50051] INFO Olá do agente remoto!");
    expect(stdout).toContain("Tarefa remota executada.");
    expect(code).toBe(0);
  });

  it("runs one task on the agent that it names and the other here", async () => {
    const agent = await startAgent();
    const inventory = writeInventory(temporaryDirectory(), { "192.168.1.100:50051": agent.address });

    const { code, stdout } = await sloth(["run", "-f", taskLevel, "--agents", inventory]);

    expect(stdout).toContain(
      "[specific_remote_task@192.168.1.100:50051] INFO Olá de um agente remoto específico!",
    );
    expect(stdout).toContain("Tarefa remota específica executada.");
    expect(stdout).toContain("[local_task] Olá da máquina local!");
    expect(stdout).toContain("2 succeeded");
    expect(code).toBe(0);
  });

  it("says without waiting that nobody answers, where, and what to start", async () => {
    const inventory = writeInventory(temporaryDirectory(), {
      "localhost:50051": `localhost:${await freePort()}`,
    });

    const { code, stderr } = await sloth(["run", "-f", groupLevel, "--agents", inventory]);

    expect(code).toBe(3);
    expect(stderr).toContain("No agent answers at localhost:50051");
    expect(stderr).toMatch(/npx @sloth\/agent --port \d+/);
  });

  it.each([groupLevel, taskLevel])("lists and validates %s without an agent", async (file) => {
    expect((await sloth(["list", "-f", file])).code).toBe(0);
    expect((await sloth(["validate", "-f", file])).stdout).toContain("is valid");
  });
});
