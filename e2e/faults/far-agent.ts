import { join } from "node:path";
import { onTestFinished } from "vitest";
import { leftoversIn } from "../support/agent.js";
import type { Running } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { makeTwoMachines } from "../support/two-machines.js";
import { joinByWire, type Wire } from "./wire.js";

/** An agent on another machine, behind a wire, which the master knows. */
export interface FarAgent {
  readonly address: "build1:50051";
  readonly wire: Wire;
  /** What it says of itself, a JSON document a line. */
  readonly agent: Running;
  /** Starts the command line of the master, on the master's machine. */
  startSloth(args: string): Running;
  /** Starts another agent, on the master's machine. */
  startNearAgent(args: string): Promise<Running>;
  leftovers(): string[];
}

/** Starts one as docs/security.md says; it is stopped when the test has finished. */
export async function startFarAgent(): Promise<FarAgent> {
  const machines = makeTwoMachines();
  const wire = await joinByWire(machines);
  const stateDirectory = join(temporaryDirectory(), "state");
  const startAgent = async (side: "agent" | "master", args: string) => {
    const agent = machines.start(side, `npx @sloth/agent ${args} --log-format json`);
    onTestFinished(async () => {
      agent.kill("SIGINT");
      await agent.ended;
    });
    await agent.until(/listening on/);
    return agent;
  };
  const agent = await startAgent("agent", `--host 0.0.0.0 --slots 4 --state-dir '${stateDirectory}'`);
  const init = machines.call("agent", `npx @sloth/agent init --state-dir '${stateDirectory}'`);
  const added = machines.call("master", "npx @sloth/master agents add build1:50051", init.stdout.trim());
  if (added.code !== 0) throw new Error(added.stderr);
  return {
    address: "build1:50051",
    wire,
    agent,
    startSloth: (args) => machines.start("master", `npx @sloth/master ${args}`),
    startNearAgent: (args) => startAgent("master", args),
    leftovers: () => leftoversIn(stateDirectory),
  };
}
