import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { endRunsOf, nameOfOwnRuns } from "@sloth/runtime";
import { type Lock, tryAcquireLock } from "@sloth/workspace";

/** Between TERM and KILL for what an agent that was killed has left; its own reaper sent TERM when it died. */
const GRACE_MS = 5_000;

/**
 * Makes this process the agent of a state directory, together with others that live. What agents that were killed have
 * left running is ended first, so that nothing works any more in a tree that is leased, and a master that finds this
 * agent in the place of another one may take what that one ran for dead.
 *
 * `instances/` has a lock for each agent process, named by the mark of what it runs.
 * @returns its own lock, to be released when nothing runs any more
 */
export async function succeedPredecessors(stateDirectory: string): Promise<Lock | undefined> {
  const instances = join(stateDirectory, "instances");
  mkdirSync(instances, { recursive: true, mode: 0o700 });
  const own = tryAcquireLock(join(instances, nameOfOwnRuns()));
  const names = readdirSync(instances).filter((name) => /^[0-9a-f]{32}$/.test(name));
  await Promise.all(names.map((name) => endPredecessor(join(instances, name), name)));
  return own;
}

async function endPredecessor(location: string, name: string): Promise<void> {
  const lock = tryAcquireLock(location);
  // It lives.
  if (lock === undefined) return;
  await endRunsOf(name, GRACE_MS);
  lock.release();
}
