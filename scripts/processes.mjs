/** Starts and stops the processes that the scripts need. */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const READY_LINE = /^sloth-agent listening on \S+:(\d+)\s*$/m;
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;
const POLL_MS = 20;
const KEPT_OUTPUT_CHARS = 64 * 1024;

// npm hands its own settings to the scripts it runs. Those that say where packages come from also hold for what
// the scripts start; the others (prefix, loglevel, dry-run, …) describe the outer npm and would mislead an inner one.
const FORWARDED_NPM_CONFIG =
  /^npm_config_(.*registry|\/\/.*|ca|cafile|cert|key|strict_ssl|proxy|https?_proxy|no_?proxy|cache|store_dir|userconfig|globalconfig|offline|prefer_offline)$/i;

export function cleanEnvironment() {
  const isInherited = ([name]) => !/^(npm_|INIT_CWD$)/i.test(name) || FORWARDED_NPM_CONFIG.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isInherited));
}

/** Path of a development tool that the repository installs. */
export function tool(name) {
  return path.join(root, "node_modules", ".bin", name);
}

/** Runs a command to its end; `output` is both its streams as they came. */
export function capture(command, args, { cwd = root, env = cleanEnvironment() } = {}) {
  return new Promise((resolve) => {
    let output = "";
    let stdout = "";
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", (error) => resolve({ code: 127, stdout, output: `${command}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, output }));
  });
}

/** Starts a command whose output goes to the screen. */
export function startVisibly(command, args, { cwd = root, env = cleanEnvironment() } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
  return { child, ended };
}

/**
 * Starts an agent in a process group of its own, so that a Ctrl-C at the terminal reaches the master first, and
 * waits until it listens. Rejects with the agent's output when it ends before that.
 */
export async function startAgent(command, args, { cwd = root, env = cleanEnvironment() } = {}) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const agent = { pid: child.pid, port: undefined, output: "", stop: () => stopGroup(child) };
  try {
    agent.port = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the agent did not become ready")), READY_TIMEOUT_MS);
      const settle = (act) => (value) => {
        clearTimeout(timer);
        act(value);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text) => {
          agent.output = (agent.output + text).slice(-KEPT_OUTPUT_CHARS);
          const ready = READY_LINE.exec(agent.output);
          if (ready && agent.port === undefined) settle(resolve)(Number(ready[1]));
        });
      }
      child.on("error", settle(reject));
      child.on("close", (code, signal) =>
        settle(reject)(new Error(`the agent ended (${signal ?? `exit code ${code}`}) before it was ready`)),
      );
    });
  } catch (error) {
    await agent.stop();
    throw new Error(`${error.message}\n${agent.output}`, { cause: error });
  }
  return agent;
}

/** Stops the group that a detached child leads; resolves to whether it ended without being killed. */
async function stopGroup(child) {
  if (child.pid === undefined) return true;
  signalGroup(child.pid, "SIGTERM");
  if (await groupEnds(child.pid)) return true;
  signalGroup(child.pid, "SIGKILL");
  await groupEnds(child.pid);
  return false;
}

async function groupEnds(pid) {
  const deadline = performance.now() + STOP_GRACE_MS;
  while (performance.now() < deadline) {
    if (!signalGroup(pid, 0)) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw error;
  }
}
