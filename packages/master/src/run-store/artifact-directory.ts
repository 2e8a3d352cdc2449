import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureStateDirectory } from "@sloth/workspace";
import { makeDirectories, runsDirectory } from "./run-store.js";

/** Where the artifacts of a run are: a name that no group's directory has. */
function artifactDirectory(workflowDirectory: string, runId: string): string {
  return join(runsDirectory(workflowDirectory), runId, ".artifacts");
}

/** Makes it, with what is above it. @throws {WorkspaceError} NOT_A_DIRECTORY when a link stands in the way */
export async function makeArtifactDirectory(workflowDirectory: string, runId: string): Promise<string> {
  const directory = artifactDirectory(workflowDirectory, runId);
  await makeDirectories(ensureStateDirectory(workflowDirectory), directory);
  return directory;
}

export async function removeArtifacts(workflowDirectory: string, runId: string): Promise<void> {
  await rm(artifactDirectory(workflowDirectory, runId), { recursive: true, force: true });
}
