import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freePort } from "./support/free-port.js";
import { repository, startSloth } from "./support/processes.js";
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

/** As a person has it who types the command: without what npm tells its own scripts, such as another project's place. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
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
    const project = temporaryDirectory();
    mkdirSync(join(project, "node_modules/@sloth"), { recursive: true });
    symlinkSync(join(repository, "packages/master"), join(project, "node_modules/@sloth/master"));
    writeFileSync(
      join(project, "package.json"),
      '{ "private": true, "dependencies": { "@sloth/master": "*" } }',
    );
    const seen: Record<string, number | null> = {};
    const wanted = await cases();
    for (const one of wanted) {
      const args = ["--no-install", "@sloth/master", "run", "-f", workflowOf(one), ...(one.args ?? [])];
      const stdio = ["ignore", "pipe", "ignore"] as const;
      const child = spawn("npx", args, {
        cwd: project,
        detached: true,
        stdio: [...stdio],
        env: ownEnvironment(),
      });
      if (one.signal) {
        let printed = "";
        for await (const chunk of child.stdout) {
          printed += chunk;
          if (printed.includes("[t] up")) break;
        }
        process.kill(-(child.pid ?? 0), one.signal);
      } else child.stdout.resume();
      const [code, signal] = await once(child, "exit");
      seen[one.what] = signal === null ? code : { SIGINT: 130, SIGTERM: 143 }[signal as string];
    }
    expect(seen).toEqual(Object.fromEntries(wanted.map(({ what, code }) => [what, code])));
  });
});
