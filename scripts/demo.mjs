/** `npm run demo`: starts an agent on this machine and runs two of the examples with it. */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { constants as osConstants, tmpdir } from "node:os";
import path from "node:path";
import { BootstrapError, bootstrap } from "./bootstrap.mjs";
import { root, startAgent, startVisibly } from "./processes.mjs";

const PORT = 50051;
const INTERRUPT_GRACE_MS = 10_000;
const EXAMPLES = [
  { file: "examples/documented/group-level.lua", needs: [] },
  { file: "examples/c-build/pipeline.lua", needs: ["cc", "make"] },
];

const scratch = mkdtempSync(path.join(tmpdir(), "sloth-demo-"));
const interruption = listenForInterruption();
let agent;
try {
  await bootstrap();
  agent = await startDemoAgent();
  if (!interruption.signal) process.exitCode = await runExamples(agent);
} catch (error) {
  console.error(error instanceof BootstrapError ? error.message : `The demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await agent?.stop();
  rmSync(scratch, { recursive: true, force: true });
  if (interruption.signal) process.exitCode = 128 + osConstants.signals[interruption.signal];
}

async function startDemoAgent() {
  if (await isFree(PORT)) {
    try {
      return await startAgentOn(PORT);
    } catch (error) {
      // Somebody may have taken the port in between.
      if (interruption.signal || (await isFree(PORT))) throw error;
    }
  }
  const started = await startAgentOn(0);
  console.log(`Port ${PORT} is taken: the agent of this demo listens on ${started.port} instead.`);
  return started;
}

function startAgentOn(port) {
  const main = path.join(root, "packages/agent/bin/sloth-agent.cjs");
  const options = ["--port", String(port), "--state-dir", path.join(scratch, "agent")];
  return startAgent(process.execPath, [main, ...options]);
}

// The examples say "localhost", which a machine may resolve to either address.
async function isFree(port) {
  for (const host of ["127.0.0.1", "::1"]) {
    if (await isTaken(port, host)) return false;
  }
  return true;
}

function isTaken(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (error) => resolve(error.code === "EADDRINUSE"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)));
  });
}

async function runExamples({ port }) {
  const inventory = port === PORT ? [] : ["--agents", writeInventory(port)];
  let exitCode = 0;
  for (const { file, needs } of EXAMPLES) {
    const missing = needs.filter((program) => !isOnPath(program));
    console.log(`\n$ sloth run -f ${file}`);
    if (missing.length > 0) {
      console.log(`Skipped: this example needs ${missing.join(" and ")}, which this machine does not have.`);
      continue;
    }
    const code = await runMaster(["run", "-f", file, ...inventory]);
    exitCode ||= code;
    if (interruption.signal) break;
  }
  return exitCode;
}

function writeInventory(port) {
  const file = path.join(scratch, "agents.yaml");
  writeFileSync(file, `"localhost:${PORT}": { address: "localhost:${port}" }\n`);
  return file;
}

async function runMaster(args) {
  const main = path.join(root, "packages/master/bin/sloth-master.cjs");
  const { child, ended } = startVisibly(process.execPath, [main, ...args]);
  interruption.child = child;
  try {
    return await ended;
  } finally {
    interruption.child = undefined;
  }
}

// A Ctrl-C at the terminal reaches the master as well, which then stops its tasks itself; a signal that was sent
// to this process alone does not.
function listenForInterruption() {
  const state = { signal: undefined, child: undefined };
  const stopChild = () => state.child?.kill("SIGTERM");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      state.signal ??= signal;
      if (signal === "SIGINT") setTimeout(stopChild, INTERRUPT_GRACE_MS).unref();
      else stopChild();
    });
  }
  return state;
}

function isOnPath(program) {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
