import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories, runsDirectory } from "./run-store.js";

/** A fresh file on the disk of the run store. It has no name any more, so it is gone with the process at the latest. */
export async function openUnnamedFile(workflowDirectory: string, runId: string): Promise<FileHandle> {
  const { ensureStateDirectory } = await import("@sloth/workspace");
  const directory = join(runsDirectory(workflowDirectory), runId);
  await makeDirectories(ensureStateDirectory(workflowDirectory), directory);
  const location = join(directory, `.held-${randomUUID()}`);
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(location, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  await unlink(location);
  return file;
}
