import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { directoryName } from "./directory-name.js";

/*
 * What is recorded of a run, in `.sloth/runs/<run>/` beside the workflow, for its owner alone:
 *
 *   events.ndjson             every event, in order, as `--output json` prints it (`docs/run-events.md`)
 *   summary.json              what came of it; there when the run has ended
 *   logs/<group>/<task>.log   what a task printed, byte for byte, both streams in the order they came
 *   .running/                 a lock that the process of the run has
 *   .mark                     by which what its process has started is known (`endRunsOf` of the runtime)
 *   .artifacts/               what tasks have saved for others
 *   .starts                   which attempts may have started here (`start-log.ts`)
 *   .attempts/                what joins attempts that run on agents (`tickets.ts`)
 *   .continues, .resumed-by   the run that this one takes up, and the one that has taken this one up (`succession.ts`)
 *   <group>/<task>/<attempt>/changes   changes that were not applied
 *
 * Files only grow, and bytes are in a log before the event that tells of them is in `events.ndjson`; after a crash
 * each is a beginning of what it would have been, and a last line that is cut is none.
 */
export const RUN_FILES = {
  events: "events.ndjson",
  summary: "summary.json",
  logs: "logs",
  lock: ".running",
  starts: ".starts",
  mark: ".mark",
  attempts: ".attempts",
  predecessor: ".continues",
  successor: ".resumed-by",
} as const;

/** Relative to the directory of the run. No attempt of a group named `logs` has such a name. */
export function logFileOf({ group, task }: { group: string; task: string }): string {
  return join(RUN_FILES.logs, directoryName(group), `${directoryName(task)}.log`);
}

/** A link is not followed, and a pipe is not waited for. */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Flags that open a file to append to, and make it where it is missing. */
export const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFELY;

/** Opens a file to append to, and makes it where it is missing. */
export function openToAppend(location: string): Promise<FileHandle> {
  return open(location, APPENDING, 0o600);
}

/** All of a small file; nothing as `openToRead` says. */
export async function readWhole(location: string): Promise<Buffer | undefined> {
  const file = await openToRead(location);
  try {
    return await file?.readFile();
  } finally {
    await file?.close();
  }
}

/** Opens a file to read; nothing where there is none, or something else stands in its place. */
export async function openToRead(location: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(location, constants.O_RDONLY | SAFELY);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "ELOOP") throw error;
  }
  return undefined;
}
