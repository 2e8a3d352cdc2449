import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { processesWith, uniqueSleep } from "./contract/living-processes.js";
import { leftoversIn, startAgent } from "./support/agent.js";
import { sloth, startSloth } from "./support/processes.js";
import { seededRandom } from "./support/random.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const RUNS = Number(process.env.SLOTH_STOP_RUNS ?? 5);
const FIRST_SEED = Number(process.env.SLOTH_STOP_SEED ?? 1);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
/** A signal comes within this time after the start of the master. */
const LATEST_MS = 2_000;

/** Starts itself anew in another session, again and again; its argument is there to be recognised by. */
const HOP = 'setsid sh hop.sh "$1" </dev/null >/dev/null 2>&1 &\n';

/** Does all that makes a process hard to end. */
function stubborn(seconds: string): string {
  return [
    `sh hop.sh ${seconds}`,
    `(trap '' TERM; sleep ${seconds}; sleep ${seconds}) &`,
    `( ( setsid sleep ${seconds} & ) & )`,
    `setsid sh -c 'trap "" TERM HUP; sleep ${seconds}; sleep ${seconds}' &`,
    "trap '' TERM",
    "touch half-done",
    `sleep ${seconds}`,
    `sleep ${seconds}`,
  ].join("\n");
}

function workflow(agent: string, seconds: string): string {
  const lua = `command = function()
    local name = fs.tmpname() fs.write(name, "x") exec.run([[${stubborn(seconds)}]])
    while true do end
  end`;
  return `TaskDefinitions = { stubborn = { tasks = {
    { name = "here", command = [[${stubborn(seconds)}]] },
    { name = "here-lua", ${lua} },
    { name = "there", delegate_to = "${agent}", command = [[${stubborn(seconds)}]] },
    { name = "there-lua", delegate_to = "${agent}", ${lua} },
  } } }`;
}

describe("a run that is stopped at any moment", () => {
  const seeds = Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index);
  it.each(seeds)("leaves nothing behind, with seed %d", async (seed) => {
    const random = seededRandom(seed);
    const signal = SIGNALS[seed % SIGNALS.length] ?? "SIGKILL";
    const afterMs = random() * LATEST_MS;
    const [directory, temporary] = [temporaryDirectory(), temporaryDirectory()];
    const seconds = uniqueSleep();
    const env = { TMPDIR: temporary };
    const agent = await startAgent(["--slots", "2"], { env });
    const file = writeWorkflow(directory, workflow(agent.address, seconds));
    writeFileSync(join(directory, "hop.sh"), HOP);

    const running = startSloth(["run", "-f", file, "--grace", "300ms", "--lease", "3s", "-j", "2"], { env });
    await sleep(afterMs);
    running.kill(signal);
    await running.ended;

    // Killed, it cannot wait for the end of its tasks: the reaper and the agent hear of it.
    const timeout = signal === "SIGKILL" ? 20_000 : 0;
    const told = `${signal} after ${afterMs.toFixed()} ms: ${running.output}`;
    await expect.poll(() => processesWith(seconds), { timeout, message: told }).toEqual([]);
    await expect
      .poll(() => leftoversIn(agent.stateDirectory), { timeout: 20_000, message: told })
      .toEqual([]);
    await expect.poll(() => readdirSync(temporary), { timeout: 20_000, message: told }).toEqual([]);
    const expected = [".sloth", "half-done", "hop.sh", "pipeline.lua"];
    expect(readdirSync(directory).filter((name) => !expected.includes(name))).toEqual([]);

    const next = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { delegate_to = "${agent.address}", tasks = { t = { command = "true" } } } }`,
    );
    const { code, stderr } = await sloth(["run", "-f", next], { env });
    expect(code, stderr).toBe(0);
    expect(processesWith(seconds)).toEqual([]);
  });
});
