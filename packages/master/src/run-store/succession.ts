/**
 * A run that takes up another one, so that a kill at any moment leaves one of both that can be taken up:
 *
 * 1. The new run says in `.continues` which one it means to take up.
 * 2. It records what it has of that run: tasks that are taken as done, tickets of what runs.
 * 3. It writes `.resumed-by` into that run, which only one run can. From then on it stands in its place.
 * 4. Tasks begin.
 */
import { link, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ensureStateDirectory } from "@sloth/workspace";
import { RUN_FILES, readWhole } from "./run-files.js";
import { isRunId, makeDirectories, runsDirectory } from "./run-store.js";

/** Step 1. */
export async function intendSuccession(
  workflowDirectory: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const directory = join(runsDirectory(workflowDirectory), to);
  await makeDirectories(ensureStateDirectory(workflowDirectory), directory);
  await writeFile(join(directory, RUN_FILES.predecessor), from, { mode: 0o600 });
}

/** Step 3. @returns false when another run was first */
export async function claimSuccession(runDirectory: string, successor: string): Promise<boolean> {
  const draft = join(runDirectory, `${RUN_FILES.successor}-${successor}`);
  await writeFile(draft, successor, { mode: 0o600 });
  try {
    // All of it or nothing, and only where there is none.
    await link(draft, join(runDirectory, RUN_FILES.successor));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** The run that stands in the place of this one. */
export function readSuccessor(runDirectory: string): Promise<string | undefined> {
  return readId(join(runDirectory, RUN_FILES.successor));
}

/** The run that this one meant to take up, and has not: it was killed before step 3. */
export async function readUnclaimed(runDirectory: string): Promise<string | undefined> {
  const from = await readId(join(runDirectory, RUN_FILES.predecessor));
  if (from === undefined) return undefined;
  const successor = await readSuccessor(join(dirname(runDirectory), from));
  return successor === basename(runDirectory) ? undefined : from;
}

async function readId(location: string): Promise<string | undefined> {
  const text = String(await readWhole(location).catch(() => ""));
  return isRunId(text) ? text : undefined;
}
