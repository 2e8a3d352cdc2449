import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { type AcquireOptions, acquireLock, type Lock } from "../lock/process-lock.js";
import { ensureStateDirectory } from "./state-directory.js";

interface Turn {
  root: string;
  over: Promise<unknown>;
}

/** Work of this process that runs or waits, in the order in which it was asked for. */
const turns = new Set<Turn>();

/**
 * Runs `work` while nothing else works in a tree that overlaps with `root`'s: neither in this process, where the
 * order of asking is kept, nor in another one of this machine. `work` is given the roots whose locks are held, the
 * topmost first: every directory above that is a workspace, then `root` itself.
 *
 * Not covered: a directory that becomes a workspace while another process works in one below it.
 */
export async function exclusively<T>(
  root: string,
  options: AcquireOptions,
  work: (locked: readonly string[]) => Promise<T>,
): Promise<T> {
  const before = [...turns].filter((turn) => overlap(turn.root, root)).map((turn) => turn.over);
  const result = Promise.all(before).then(() => withLocks(root, options, work));
  const turn = { root, over: result.catch(() => undefined) };
  turns.add(turn);
  try {
    return await result;
  } finally {
    turns.delete(turn);
  }
}

async function withLocks<T>(
  root: string,
  options: AcquireOptions,
  work: (locked: readonly string[]) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  ensureStateDirectory(root);
  const roots = [...workspacesAbove(root), root];
  const locks: Lock[] = [];
  try {
    for (const each of roots) locks.push(await acquireLock(`${each}/.sloth/lock`, options));
    return await work(roots);
  } finally {
    for (const lock of locks.reverse()) lock.release();
  }
}

/** From the top. One that somebody else made is none of ours: it could keep us waiting for ever. */
function workspacesAbove(root: string): string[] {
  const above: string[] = [];
  for (let directory = root; directory !== dirname(directory); ) {
    directory = dirname(directory);
    if (isWorkspaceOfOurs(directory)) above.unshift(directory);
  }
  return above;
}

function isWorkspaceOfOurs(directory: string): boolean {
  const state = lstatSync(`${directory}/.sloth`, { throwIfNoEntry: false });
  if (state?.isDirectory() !== true || state.uid !== process.geteuid?.()) return false;
  return lstatSync(`${directory}/.sloth/workspace-id`, { throwIfNoEntry: false })?.isFile() === true;
}

function overlap(a: string, b: string): boolean {
  return a === b || isAbove(a, b) || isAbove(b, a);
}

function isAbove(directory: string, path: string): boolean {
  return path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
