import { describe, expect, it } from "vitest";
import { freePort } from "./support/free-port.js";
import { projectWithMaster, startByNpx } from "./support/npx.js";
import { startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

interface Case {
  what: string;
  code: number;
  task: string;
  args?: string[];
  /** Sent when the task has said "up". */
  signal?: NodeJS.Signals;
}

const SLEEPS = `command = "echo up; sleep 300"`;

async function cases(): Promise<Case[]> {
  const nobody = `127.0.0.1:${await freePort()}`;
  return [
    { what: "all succeeded", code: 0, task: `command = "true"` },
    { what: "a task failed", code: 1, task: `command = "exit 9"` },
    {
      what: "a task failed and another one's agent is away",
      code: 1,
      args: ["-k"],
      task: `command = "exit 9" }, { name = "u", delegate_to = "${nobody}", command = "true"`,
    },
    { what: "a mistake in the workflow", code: 2, task: `comand = "true"` },
    { what: "an unknown option", code: 2, task: `command = "true"`, args: ["--nothing"] },
    { what: "an agent that is away", code: 3, task: `delegate_to = "${nobody}", command = "true"` },
    { what: "the run's time limit", code: 124, task: SLEEPS, args: ["--timeout", "700ms"] },
    { what: "Ctrl-C", code: 130, task: SLEEPS, signal: "SIGINT" },
    { what: "SIGTERM", code: 143, task: SLEEPS, signal: "SIGTERM" },
  ];
}

function workflowOf({ task }: Case): string {
  return writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { tasks = { { name = "t", ${task} } } } }`,
  );
}

describe("the exit code", () => {
  it("of the command says how the run ended", async () => {
    const seen: Record<string, number> = {};
    const wanted = await cases();
    for (const one of wanted) {
      const running = startSloth(["run", "-f", workflowOf(one), ...(one.args ?? [])]);
      if (one.signal) {
        await running.until(/\[t\] up/);
        running.kill(one.signal);
      }
      seen[one.what] = (await running.ended).code;
    }
    expect(seen).toEqual(Object.fromEntries(wanted.map(({ what, code }) => [what, code])));
  });

  it("passes through npx, where Ctrl-C reaches every process of the terminal", async () => {
    const project = projectWithMaster();
    const seen: Record<string, number> = {};
    const wanted = await cases();
    for (const one of wanted) {
      const running = startByNpx(project, ["run", "-f", workflowOf(one), ...(one.args ?? [])]);
      if (one.signal) {
        await running.until(/\[t\] up/);
        running.kill(one.signal);
      }
      seen[one.what] = (await running.ended).code;
    }
    expect(seen).toEqual(Object.fromEntries(wanted.map(({ what, code }) => [what, code])));
  });
});
