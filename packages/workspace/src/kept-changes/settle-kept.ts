import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FILES } from "./kept-record.js";
import { readRecord } from "./load-changes.js";

/** Notes that kept changes were applied after all. They stay. @throws {WorkspaceError} NOT_A_DIRECTORY, BAD_ARCHIVE */
export async function markApplied(directory: string): Promise<void> {
  await readRecord(directory);
  const draft = join(directory, `.${FILES.applied}-${randomUUID()}`);
  await writeFile(draft, `${new Date().toISOString()}\n`, { flag: "wx", mode: 0o600 });
  await rename(draft, join(directory, FILES.applied));
}

/** Removes kept changes for good; first out of sight, so that nobody finds a half of them. */
export async function discardChanges(directory: string): Promise<void> {
  const out = join(dirname(directory), `.${basename(directory)}-${randomUUID()}`);
  await rename(directory, out);
  await rm(out, { recursive: true });
}
