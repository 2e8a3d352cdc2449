import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { leftoversIn } from "../support/agent.js";
import { agentBinary, sloth, startProgram } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { writeWorkflow } from "../support/workflow-file.js";

const TASKS = 60;

/** An agent that may have so many descriptors open. */
async function startLimitedAgent(descriptors: number) {
  const stateDirectory = temporaryDirectory();
  const agent = [
    process.execPath,
    agentBinary,
    "--port",
    "0",
    "--slots",
    `${TASKS}`,
    "--state-dir",
    stateDirectory,
  ];
  const running = startProgram(["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", ...agent]);
  onTestFinished(async () => {
    running.kill("SIGTERM");
    await running.ended;
  });
  const [, port] = await running.until(/listening on 127\.0\.0\.1:(\d+)/);
  return { running, stateDirectory, address: `localhost:${port}` };
}

function manyTasks(directory: string, agent: string): string {
  return writeWorkflow(
    directory,
    `local tasks = {}
     for n = 1, ${TASKS} do
       tasks[n] = { name = "t" .. n, delegate_to = "${agent}", command = "seq 500; sleep 1; echo " .. n .. " > made-" .. n }
     end
     TaskDefinitions = { g = { tasks = tasks } }`,
  );
}

describe("an agent that may open few descriptors", () => {
  it("runs what it can, says of the rest what was lacking, and lives on", async () => {
    const { running, stateDirectory, address } = await startLimitedAgent(160);
    const directory = temporaryDirectory();
    const args = ["run", "-f", manyTasks(directory, address), "--keep-going", "--output", "json"];
    const { code, stdout, stderr } = await sloth(args);

    const finished = stdout
      .split("\n")
      .filter((line) => line.includes('"type":"task-finished"'))
      .map((line) => JSON.parse(line));
    expect(finished).toHaveLength(TASKS);
    const whole = Array.from({ length: 500 }, (_, index) => `${index + 1}\n`).join("");
    const [run = ""] = readdirSync(join(directory, ".sloth/runs"));
    const made: string[] = [];
    for (const { task, result } of finished) {
      if (result.status !== "succeeded") {
        expect(result.message).toMatch(/EMFILE|too many open files/i);
        continue;
      }
      made.push(task.replace("t", "made-"));
      expect(readFileSync(join(directory, ".sloth/runs", run, "logs/g", `${task}.log`), "utf8")).toBe(whole);
    }
    expect(
      readdirSync(directory)
        .filter((name) => name.startsWith("made-"))
        .sort(),
    ).toEqual(made.sort());
    const statuses = new Set(finished.map(({ result }) => result.status));
    expect(code, stderr).toBe(statuses.has("failed") ? 1 : statuses.has("lost") ? 3 : 0);
    await expect.poll(() => leftoversIn(stateDirectory), { timeout: 20_000 }).toEqual([]);

    const one = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${address}", command = "echo lives" } } } }`,
    );
    const next = await sloth(["run", "-f", one]);
    expect(next.code, next.stderr + running.output).toBe(0);
  });
});
