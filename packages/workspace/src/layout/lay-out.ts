import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import type { Manifest, ManifestEntry } from "../manifest/entry.js";
import { nameOf } from "../manifest/path-rules.js";
import { Pace } from "../pacing.js";
import { type FileIdentity, identityOf } from "../snapshot/file-identity.js";
import { indexOf, makeSnapshot, type Snapshot } from "../snapshot/snapshot.js";
import { resolveDirectory } from "../snapshot/take-snapshot.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import { BodyUses } from "./body-uses.js";
import { missingContent } from "./missing-content.js";
import { createEmpty, setAttributes } from "./set-attributes.js";
import { settleClock } from "./settle-clock.js";

/**
 * Makes a tree of a manifest and its contents in `dir`, which is created or must be empty, and which nobody else
 * may write to meanwhile. Files have exactly the mode and the time of their entries. The returned snapshot is the
 * base for `captureChanges`.
 *
 * Consumes `contents`, which may be undefined when every file is empty. After a failure `dir` holds a part of the tree; the caller removes it.
 * @throws {WorkspaceError} NOT_EMPTY, MISSING_CONTENT, PROTECTED or IO_FAILED
 */
export async function layOut(
  manifest: Manifest,
  contents: StagedContents | undefined,
  dir: string,
  options: { signal?: AbortSignal } = {},
): Promise<Snapshot> {
  const pace = new Pace(options.signal);
  const root = prepare(dir);
  const bodies = new BodyUses(contents, manifest.entries);
  for (const entry of manifest.entries) checkEntry(entry, bodies);
  const identities = new Map<string, FileIdentity>();
  for (const entry of manifest.entries) {
    if (pace.isDue()) await pace.rest();
    const identity = await failingAt(entry, () => create(entry, `${root}/${entry.path}`, bodies));
    if (identity !== undefined) identities.set(entry.path, identity);
  }
  await closeDirectories(root, manifest, pace);
  const settled = await settleClock(root, identities);
  return makeSnapshot({ root, ...indexOf(manifest, (path) => settled.get(path)) });
}

function prepare(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const message = `Cannot create the directory ${quote(dir)}: ${systemReason(cause)}.`;
    throw new WorkspaceError("IO_FAILED", message, { path: dir, cause });
  }
  const root = resolveDirectory(dir);
  if (readdirSync(root).length === 0) return root;
  const message = `The directory ${quote(dir)} is not empty. A tree is only laid out in an empty one.`;
  throw new WorkspaceError("NOT_EMPTY", message, { path: dir });
}

function checkEntry(entry: ManifestEntry, bodies: BodyUses): void {
  if (nameOf(entry.path) === ".sloth") {
    const message = `The tree holds ${quote(entry.path)}, which is never sent. Nothing was laid out.`;
    throw new WorkspaceError("PROTECTED", message, { path: entry.path });
  }
  if (entry.kind === "file" && !bodies.has(entry)) throw missingContent(entry);
}

/** Plain paths do: the directory is private, and in a valid manifest nothing is below a symlink. */
async function create(
  entry: ManifestEntry,
  location: string,
  bodies: BodyUses,
): Promise<FileIdentity | undefined> {
  if (entry.kind === "directory") {
    mkdirSync(location, 0o700);
    return undefined;
  }
  if (entry.kind === "symlink") {
    symlinkSync(entry.target ?? "", location);
    return undefined;
  }
  const isReady = entry.sizeBytes > 0 && (await bodies.place(entry, location));
  if (entry.sizeBytes === 0) createEmpty(location);
  if (!isReady) setAttributes(location, entry);
  return identityOf(lstatSync(location, { bigint: true }));
}

/** Last and from below, since a directory may be read-only. */
async function closeDirectories(root: string, manifest: Manifest, pace: Pace): Promise<void> {
  for (const entry of manifest.entries.toReversed()) {
    if (entry.kind !== "directory") continue;
    if (pace.isDue()) await pace.rest();
    await failingAt(entry, () => chmodSync(`${root}/${entry.path}`, entry.mode));
  }
}

async function failingAt<T>(entry: ManifestEntry, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof WorkspaceError || systemCode(cause) === undefined) throw cause;
    const message = `Cannot create ${quote(entry.path)}: ${systemReason(cause)}.`;
    throw new WorkspaceError("IO_FAILED", message, { path: entry.path, cause });
  }
}
