import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, open, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { flush } from "../apply/flush.js";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { encodeChangeset } from "../manifest/changeset-codec.js";
import { countChanges, patchManifest } from "../manifest/diff.js";
import type { Changeset, Manifest } from "../manifest/entry.js";
import { encodeManifest } from "../manifest/manifest-codec.js";
import { type Body, bodiesOf } from "../transfer/bodies.js";
import { newContents } from "../transfer/new-contents.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import type { KeptAbout } from "./kept-about.js";
import { encodeRecord, FILES } from "./kept-record.js";

/** How many contents are brought to the disk at once. */
const SYNCS_AT_ONCE = 16;

/** Changes to be kept. */
export interface SaveOptions {
  /** What the task was given. */
  base: Manifest;
  /** What it made of it. */
  changeset: Changeset;
  /** The new contents, which are moved away from where they are. Absent when they did not come. */
  contents?: Pick<StagedContents, "pathOf"> | undefined;
  about: KeptAbout;
}

/**
 * Keeps changes that were not applied, so that a person can look at them and apply them later. `directory` appears
 * with all of it or not at all, readable for this user alone.
 *
 * @param directory - must not exist yet; the directories above it are made
 * @throws {WorkspaceError} BAD_CHANGESET, BAD_MANIFEST or MISSING_CONTENT when the parts do not fit; IO_FAILED
 */
export async function saveChanges(directory: string, options: SaveOptions): Promise<void> {
  const { base, changeset } = options;
  patchManifest(base, changeset);
  const bodies = [...bodiesOf(newContents(base, changeset))];
  const draft = join(dirname(directory), `.${basename(directory)}-${randomUUID()}`);
  try {
    await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
    await mkdir(draft, { mode: 0o700 });
    await fillDraft(draft, bodies, options);
    await rename(draft, directory);
    await flush(dirname(directory));
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw saveError(directory, cause);
  }
}

async function fillDraft(draft: string, bodies: readonly Body[], options: SaveOptions): Promise<void> {
  const { base, changeset, contents, about } = options;
  const hasContents = contents !== undefined || bodies.length === 0;
  if (contents !== undefined) await moveContents(join(draft, FILES.contents), bodies, contents);
  const encodedBase = encodeManifest(base);
  const encodedChangeset = encodeChangeset(changeset);
  const record = encodeRecord({
    ...about,
    counts: countChanges(base, changeset),
    contentBytes: hasContents ? bodies.reduce((sum, body) => sum + body.sizeBytes, 0) : 0,
    hasContents,
    baseSha256: sha256(encodedBase),
    changesetSha256: sha256(encodedChangeset),
  });
  await writeSynced(join(draft, FILES.base), encodedBase);
  await writeSynced(join(draft, FILES.changeset), encodedChangeset);
  await writeSynced(join(draft, FILES.record), record);
  await flush(draft);
}

async function moveContents(
  directory: string,
  bodies: readonly Body[],
  contents: Pick<StagedContents, "pathOf">,
): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (let start = 0; start < bodies.length; start += SYNCS_AT_ONCE) {
    const batch = bodies.slice(start, start + SYNCS_AT_ONCE);
    await Promise.all(batch.map((body) => moveContent(body, contents, join(directory, body.digest))));
  }
  await flush(directory);
}

async function moveContent(
  body: Body,
  contents: Pick<StagedContents, "pathOf">,
  location: string,
): Promise<void> {
  const source = contents.pathOf(body.digest);
  if (source === undefined) {
    const message = `The content of ${quote(body.path)} was not received, so the changes cannot be kept.`;
    throw new WorkspaceError("MISSING_CONTENT", message, { path: body.path });
  }
  await move(source, location);
  await chmod(location, 0o600);
  await flush(location);
}

async function move(source: string, location: string): Promise<void> {
  try {
    await rename(source, location);
  } catch (cause) {
    if (systemCode(cause) !== "EXDEV") throw cause;
    await copyFile(source, location, constants.COPYFILE_EXCL);
    await unlink(source);
  }
}

async function writeSynced(location: string, data: string | Uint8Array): Promise<void> {
  const file = await open(location, "wx", 0o600);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function saveError(directory: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined || cause instanceof WorkspaceError) return cause;
  const isTaken = code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR";
  const reason = isTaken ? "something is there already" : systemReason(cause);
  const message = `Cannot keep changes in ${quote(directory)}: ${reason}.`;
  return new WorkspaceError("IO_FAILED", message, { path: directory, cause });
}
