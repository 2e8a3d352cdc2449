import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { AgentError } from "../agent-error.js";

/**
 * Where an agent keeps everything it writes. Each agent process has a directory of its own in `work/`,
 * named by process id and start time, so that several agents may share one state directory and what a
 * dead one left is removed by the next that starts.
 */
export interface StateDirectory {
  /** A fresh private directory for one attempt. */
  makeAttemptDirectory(): Promise<string>;
  /** Removes what this process made. */
  remove(): Promise<void>;
}

/** `$XDG_STATE_HOME/sloth-agent`, or `~/.local/state/sloth-agent`. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sloth-agent");
}

/** @throws {AgentError} STATE_DIRECTORY when it cannot be made or written. */
export async function openStateDirectory(path: string): Promise<StateDirectory> {
  const work = join(path, "work");
  const own = join(work, `${process.pid}.${(await startTime(process.pid)) ?? "0"}`);
  try {
    await mkdir(own, { recursive: true, mode: 0o700 });
    for (const directory of [path, work, own]) await chmod(directory, 0o700);
    await removeLeftovers(work);
  } catch (cause) {
    throw new AgentError(
      "STATE_DIRECTORY",
      `The state directory ${path} cannot be used: ${(cause as Error).message}. Name another with --state-dir.`,
      { cause },
    );
  }
  return {
    makeAttemptDirectory: () => mkdtemp(join(own, "attempt-")),
    remove: () => removeTree(own),
  };
}

async function removeLeftovers(work: string): Promise<void> {
  for (const name of await readdir(work)) {
    const [pid, started] = name.split(".");
    if (pid && started === ((await startTime(Number(pid))) ?? "gone")) continue;
    await removeTree(join(work, name));
  }
}

/** Removes a tree, also one with read-only directories; links are not followed. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // A directory that its owner may not write: release all of them, then once more.
    await makeDirectoriesWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeDirectoriesWritable(path: string): Promise<void> {
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeDirectoriesWritable(join(path, entry.name));
  }
}

/** Start time of a process in clock ticks since boot; with its id it names the process for good. Linux only. */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold blanks: count fields after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // No such process, or no /proc.
    return undefined;
  }
}
