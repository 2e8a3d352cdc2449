import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { knowByPort } from "../../../e2e/faults/know-by-port.js";
import { startInBackground } from "../../processes/background.js";
import type { Contender } from "./contender.js";

/** The built command lines as an installed `sloth` runs them: Node and the file, without npx. */
export function slothContender(repository: string): Contender {
  const masterBinary = join(repository, "packages/master/bin/sloth-master.cjs");
  const agentBinary = join(repository, "packages/agent/bin/sloth-agent.cjs");
  return {
    name: "sloth",
    pair: async ({ source, far, tasks, via }) => {
      const options = ["--port", "0", "--state-dir", far];
      // What the agent leaves for masters is not to be found by others of this user.
      const own = { XDG_STATE_HOME: join(far, "known") };
      const agent = startInBackground([process.execPath, agentBinary, ...options], own);
      try {
        const [, agentPort] = await agent.until(/listening on 127\.0\.0\.1:(\d+)/);
        const port = (await via?.(Number(agentPort))) ?? Number(agentPort);
        if (via) await knowByPort(Number(agentPort), port, own);
        for (const task of tasks) writeFileSync(join(source, fileOf(tasks, task)), workflow(task, port));
      } catch (error) {
        await agent.stop();
        throw error;
      }
      return {
        farPid: agent.pid,
        command: (task) => ({
          argv: [process.execPath, masterBinary, "run", "-f", join(source, fileOf(tasks, task))],
          env: { ...own, NO_COLOR: "1", SLOTH_TIMINGS: "1" },
        }),
        close: agent.stop,
      };
    },
  };
}

function fileOf(tasks: readonly string[], task: string): string {
  return `benchmark-${tasks.indexOf(task)}.lua`;
}

function workflow(task: string, port: number): string {
  const fields = `name = "task", delegate_to = { address = "127.0.0.1:${port}" }, command = [==[${task}]==]`;
  return `TaskDefinitions = { benchmark = { tasks = { { ${fields} } } } }\n`;
}

/** Where the time went, if the master said so: the last line `{"timings":{…}}` of its stderr, in milliseconds. */
export function timingsIn(stderr: string): Record<string, number> | undefined {
  const line = stderr.split("\n").findLast((text) => text.startsWith('{"timings":'));
  if (line === undefined) return undefined;
  const { timings } = JSON.parse(line) as { timings: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(timings).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
