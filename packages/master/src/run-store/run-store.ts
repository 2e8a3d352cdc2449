import { lstat, mkdir, rmdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import {
  discardChanges,
  ensureStateDirectory,
  type KeptAbout,
  type KeptListing,
  listKept,
  type SaveOptions,
  saveChanges,
  WorkspaceError,
} from "@sloth/workspace";
import { directoryName } from "./directory-name.js";

/** One try of a task. */
export interface TaskAttempt {
  group: string;
  task: string;
  /** Counts from 1. */
  attempt: number;
}

/** Changes to keep; the store knows the run. */
export type KeepOptions = Omit<SaveOptions, "about"> & { about: Omit<KeptAbout, "run"> };

/**
 * The changes that one run keeps, in `.sloth/runs/<run>/<group>/<task>/<attempt>/` beside the workflow; what is recorded
 * of it is beside them (`run-files.ts`). Nothing is made before something is stored. Calls may overlap.
 */
export interface RunStore {
  readonly runId: string;
  /** Where the changes of an attempt are kept. Makes nothing. */
  changesDirectory(attempt: TaskAttempt): string;
  /**
   * Keeps changes that were not applied and says where. The contents are moved away.
   * @throws {WorkspaceError} as `saveChanges`; NOT_A_DIRECTORY when a link stands in the way
   */
  keepChanges(options: KeepOptions): Promise<string>;
  /** All changes that this run has kept, the oldest first. */
  keptChanges(): Promise<KeptListing[]>;
}

/**
 * @param workflowDirectory - of the workflow file, absolute
 * @param runId - a ULID
 */
export function openRunStore(workflowDirectory: string, runId: string): RunStore {
  if (!isRunId(runId)) throw new TypeError(`Not the id of a run: ${runId}`);
  const runDirectory = join(runsDirectory(workflowDirectory), runId);
  const changesDirectory = ({ group, task, attempt }: TaskAttempt) =>
    join(runDirectory, directoryName(group), directoryName(task), String(attempt), "changes");
  return {
    runId,
    changesDirectory,
    async keepChanges({ about, ...changes }) {
      const directory = changesDirectory(about);
      await makeDirectories(ensureStateDirectory(workflowDirectory), dirname(directory));
      await saveChanges(directory, { ...changes, about: { ...about, run: runId } });
      return directory;
    },
    keptChanges: () => listKept(runDirectory),
  };
}

export function isRunId(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text);
}

/** Where the runs of the workflows in a directory are. */
export function runsDirectory(workflowDirectory: string): string {
  return join(workflowDirectory, ".sloth", "runs");
}

/** Removes kept changes, and the directories of attempt, task, group and run that are empty then. */
export async function discardKept(directory: string, workflowDirectory: string): Promise<void> {
  await discardChanges(directory);
  const runs = runsDirectory(workflowDirectory);
  for (let parent = dirname(directory); parent.startsWith(`${runs}${sep}`); parent = dirname(parent)) {
    try {
      await rmdir(parent);
    } catch {
      // Something else is in it; then also in those above.
      return;
    }
  }
}

/** One level after the other, since a link in the place of one would lead out of the run store. */
export async function makeDirectories(top: string, directory: string): Promise<void> {
  let location = top;
  for (const name of relative(top, directory).split(sep)) {
    location = join(location, name);
    await mkdir(location, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if ((await lstat(location)).isDirectory()) continue;
    const message = `${location} is not a directory. Remove it: sloth keeps its runs there.`;
    throw new WorkspaceError("NOT_A_DIRECTORY", message, { path: location });
  }
}
