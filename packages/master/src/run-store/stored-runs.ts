import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tryAcquireLock, WorkspaceError } from "@sloth/workspace";
import { EventDecoder } from "../events/decode-event.js";
import type { RunEvent } from "../events/run-event.js";
import { MasterError } from "../master-error.js";
import { openToRead, RUN_FILES, readWhole } from "./run-files.js";
import { type RunRecord, readRecord } from "./run-record.js";
import { isRunId, runsDirectory } from "./run-store.js";
import { RunSummariser } from "./summarise.js";

/** A run that was recorded. */
export interface StoredRun {
  runId: string;
  directory: string;
  record: RunRecord;
}

/**
 * The ids of the runs of the workflows in a directory, the newest first; also of those that only keep changes.
 * @throws {MasterError} NOT_FOUND when they may not be read
 */
export async function listRunIds(workflowDirectory: string): Promise<string[]> {
  const runs = runsDirectory(workflowDirectory);
  const entries = await readdir(runs, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw explained(error, runs);
  });
  const ids = entries.filter((entry) => entry.isDirectory() && isRunId(entry.name)).map(({ name }) => name);
  return ids.sort().reverse();
}

/**
 * What came of a run, or has come of it until now. Nothing where it was not recorded.
 * @throws {MasterError} NOT_FOUND when it may not be read
 */
export async function readRun(workflowDirectory: string, runId: string): Promise<StoredRun | undefined> {
  const directory = join(runsDirectory(workflowDirectory), runId);
  try {
    const record = readRecord((await readSummary(directory)) ?? "") ?? (await recordOfEvents(directory));
    return record && { runId, directory, record };
  } catch (error) {
    throw explained(error as NodeJS.ErrnoException, directory);
  }
}

function explained(error: NodeJS.ErrnoException, directory: string): Error {
  if (error.code !== "EACCES" && error.code !== "EPERM") return error;
  const message = `${directory} may not be read: it belongs to another user, or its permissions were changed.`;
  return new MasterError("NOT_FOUND", message, { cause: error });
}

/** The text of `summary.json`. */
export async function readSummary(directory: string): Promise<string | undefined> {
  return (await readWhole(join(directory, RUN_FILES.summary)))?.toString("utf8");
}

async function recordOfEvents(directory: string): Promise<RunRecord | undefined> {
  const summariser = new RunSummariser();
  for await (const event of readEvents(directory)) summariser.add(event);
  const { record } = summariser;
  if (record?.result === "running" && !isRunning(directory)) record.result = "unfinished";
  return record;
}

/** Whether the process of the run lives; `false` where that cannot be known. */
export function isRunning(directory: string): boolean {
  try {
    const lock = tryAcquireLock(join(directory, RUN_FILES.lock));
    lock?.release();
    return lock === undefined;
  } catch (error) {
    // As in a directory of somebody else, who may look at it and change nothing.
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}

/** The events that were recorded, one after the other. What cannot be read is passed by. */
export async function* readEvents(directory: string): AsyncGenerator<RunEvent> {
  const decoder = new EventDecoder();
  for await (const line of readLines(join(directory, RUN_FILES.events))) {
    const event = decoder.decode(line);
    if (event) yield event;
  }
}

async function* readLines(location: string): AsyncGenerator<string> {
  const file = await openToRead(location);
  if (!file) return;
  let rest: Buffer[] = [];
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString("utf8");
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}
