/**
 * `npm run test:long`: the laws with thousands of cases, the races with a thousand commits, every point of a crash,
 * runs that are stopped at fifty moments, 200 kills in each stage on each side, 2,000 tasks while agents and lines fail,
 * networks that are silent or lose packets, gigabytes of files and of output, fifty agents, and the fuzzer for minutes.
 * What it printed last is in docs/long-tests.md.
 */
import { BootstrapError, bootstrap } from "./bootstrap.mjs";
import { root, startVisibly, tool } from "./processes.mjs";

/** What is too long for every day. */
const LONG = {
  SLOTH_PROPERTY_RUNS: "2000",
  SLOTH_RACE_RUNS: "1000",
  SLOTH_CRASH_ALL: "1",
  SLOTH_STOP_RUNS: "50",
  SLOTH_LOAD: "full",
  SLOTH_FLEET: "50",
  SLOTH_RESUME_RUNS: "25",
  SLOTH_KILLS: "200",
  SLOTH_SOAK_TASKS: "2000",
  SLOTH_CUT: "full",
  SLOTH_LOSS_RUNS: "10",
};
const FUZZ_SECONDS = 300;

const parts = [
  ["the workspace", tool("vitest"), vitest("workspace")],
  ["delegated equals local", tool("vitest"), vitest("e2e", "delegated-equals-local")],
  ["runs that are stopped", tool("vitest"), vitest("e2e", "stop-runs")],
  ["runs that are killed and taken up", tool("vitest"), vitest("e2e", "resume.test")],
  ["kills in each stage", tool("vitest"), vitest("e2e", "faults/kills")],
  ["a soak of short tasks", tool("vitest"), vitest("e2e", "faults/soak")],
  ["a network that is silent", tool("vitest"), vitest("e2e", "faults/silent-network")],
  ["long and bad lines", tool("vitest"), vitest("e2e", "faults/long-line")],
  ["large workspaces", tool("vitest"), vitest("e2e", "large-workspaces")],
  ["much output", tool("vitest"), vitest("e2e", "e2e/load.test")],
  ["fifty agents", tool("vitest"), vitest("e2e", "fifty-agents")],
  ["fuzzing", process.execPath, [`${root}/scripts/fuzz.mjs`, "--seconds", String(FUZZ_SECONDS)]],
];

function vitest(project, ...filter) {
  const timeout = "--testTimeout=7200000";
  return ["--config", "vitest.workspace.ts", "run", "--project", project, timeout, ...filter];
}

let failed = 0;
try {
  await bootstrap();
  for (const [name, command, args] of parts) {
    console.log(`== ${name}`);
    const code = await startVisibly(command, args, { env: { ...process.env, ...LONG } }).ended;
    if (code !== 0) failed++;
  }
} catch (error) {
  console.error(error instanceof BootstrapError ? error.message : error);
  failed++;
}
console.log(`${parts.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
