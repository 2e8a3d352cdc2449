import { spawn } from "node:child_process";
import { once } from "node:events";
import { exitStatus, type Launch, type Launched, type StartError, startFailure } from "../process/launch.js";

/**
 * Starts a process as a child of this one. Blocks this thread for as long as a copy of this process takes.
 * @throws {StartFailure}
 */
export async function launchHere(launch: Launch): Promise<Launched> {
  const child = spawnOrFail(launch);
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, "error");
    throw startFailure(launch, error);
  }
  return { pid, exited: once(child, "exit").then(([code, signal]) => exitStatus(code, signal)) };
}

function spawnOrFail(launch: Launch) {
  const { file, args, argv0, directory: cwd, environment: env, stdio = "ignore" } = launch;
  try {
    return spawn(file, args, { argv0, cwd, env, stdio, detached: true });
  } catch (error) {
    throw startFailure(launch, error as StartError);
  }
}
