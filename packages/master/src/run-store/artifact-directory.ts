import { copyFile, link, readdir, rm } from "node:fs/promises";
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

/**
 * Makes what an earlier run has saved this one's, too; contents never change, so they are linked.
 * @returns the directory; undefined where the earlier run has saved nothing
 */
export async function inheritArtifacts(
  workflowDirectory: string,
  { from, to }: { from: string; to: string },
): Promise<string | undefined> {
  const earlier = artifactDirectory(workflowDirectory, from);
  const entries = await readdir(earlier, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0) return undefined;
  const directory = await makeArtifactDirectory(workflowDirectory, to);
  for (const { name } of files) {
    const [source, target] = [join(earlier, name), join(directory, name)];
    // Not every file system has links.
    await link(source, target).catch(() => copyFile(source, target));
  }
  return directory;
}

export async function removeArtifacts(workflowDirectory: string, runId: string): Promise<void> {
  await rm(artifactDirectory(workflowDirectory, runId), { recursive: true, force: true });
}
