import type { WorkspaceSettings } from "@sloth/dsl";
import {
  type ManifestEntry,
  type Snapshot,
  someEntries,
  type Workspace,
  walkEntries,
} from "@sloth/workspace";
import type { AgentTarget } from "../inventory/inventory.js";
import { type DirectorySize, largestDirectories } from "./largest-directories.js";

/** Knows which contents an agent lacks, by asking it. */
export interface MissingContents {
  /**
   * SHA-256 digests, in hex, of those contents of the snapshot that the agent does not hold.
   * @throws {AgentLost} when it cannot be asked
   */
  of(target: AgentTarget, workspace: Workspace, settings: WorkspaceSettings): Promise<ReadonlySet<string>>;
}

/** What sending a workspace to an agent amounts to. */
export interface SyncForecast {
  /** All files of the workspace. */
  files: number;
  sizeBytes: number;
  /** Contents that the agent lacks, each counted once. */
  newContents: number;
  newBytes: number;
  /** Where the files with new contents are, the largest first, at most ten. */
  largest: DirectorySize[];
  /** Sockets, FIFOs and devices, which are not sent. */
  skipped: readonly string[];
}

/** @param missing - digests that the agent lacks; when it was not asked, all count as new. */
export function forecastSync(
  { manifest, skipped }: Pick<Snapshot, "manifest" | "skipped">,
  missing?: ReadonlySet<string>,
): SyncForecast {
  const isNew = ({ digest = "", sizeBytes }: ManifestEntry) =>
    sizeBytes > 0 && (missing?.has(digest) ?? true);
  const forecast = { files: 0, sizeBytes: 0 };
  const contents = new Map<string | undefined, number>();
  for (const entry of walkEntries(manifest)) {
    if (entry.kind !== "file") continue;
    forecast.files++;
    forecast.sizeBytes += entry.sizeBytes;
    if (isNew(entry)) contents.set(entry.digest, entry.sizeBytes);
  }
  return {
    ...forecast,
    newContents: contents.size,
    newBytes: sum([...contents.values()]),
    largest: largestDirectories(someEntries(walkEntries(manifest), isNew), 10),
    skipped,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
