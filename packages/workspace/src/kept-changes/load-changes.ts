import { createHash } from "node:crypto";
import { constants, lstatSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { decodeChangeset } from "../manifest/changeset-codec.js";
import { patchManifest } from "../manifest/diff.js";
import type { Changeset, Manifest } from "../manifest/entry.js";
import { decodeManifest } from "../manifest/manifest-codec.js";
import { bodiesOf } from "../transfer/bodies.js";
import { newContents } from "../transfer/new-contents.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import type { KeptSummary } from "./kept-about.js";
import { KeptContents } from "./kept-contents.js";
import { damaged, decodeRecord, FILES, type KeptRecord } from "./kept-record.js";

const LARGEST_RECORD_BYTES = 4 * 2 ** 20;
/** Two million paths of 256 MiB altogether, and their attributes. */
const LARGEST_LIST_BYTES = 512 * 2 ** 20;
/** A pipe in a file's place is not waited for. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Changes that were kept, checked: the lists are valid and fit each other, and each new content is there. */
export interface KeptChanges {
  readonly directory: string;
  readonly summary: KeptSummary;
  /** What the task was given. */
  readonly base: Manifest;
  /** What it made of it. */
  readonly changeset: Changeset;
  /**
   * The content with this digest, all in memory: look at the size of its entry first. Undefined when it did not come
   * with the changes.
   * @throws {WorkspaceError} BAD_ARCHIVE when it is not what came
   */
  readContent(digest: string): Promise<Uint8Array | undefined>;
  /**
   * Copies of all new contents in a fresh directory, checked against their digests, for `apply` to use up; the
   * caller removes them. None where the contents did not come: `apply` then says which one it lacks.
   * @throws {WorkspaceError} BAD_ARCHIVE or IO_FAILED; then `stagingDir` is gone
   */
  stageContents(stagingDir: string, options?: { signal?: AbortSignal }): Promise<StagedContents>;
}

/**
 * Loads what {@link saveChanges} kept.
 * @throws {WorkspaceError} NOT_A_DIRECTORY, or BAD_ARCHIVE when anything is not as it was written
 */
export async function loadChanges(directory: string): Promise<KeptChanges> {
  const { baseSha256, changesetSha256, ...summary } = await readRecord(directory);
  const base = await readList(directory, FILES.base, baseSha256, decodeManifest);
  const changeset = await readList(directory, FILES.changeset, changesetSha256, decodeChangeset);
  const bodies = checked(directory, () => {
    patchManifest(base, changeset);
    return [...bodiesOf(newContents(base, changeset))];
  });
  const contents = new KeptContents(directory, summary.hasContents ? bodies : []);
  return {
    directory,
    summary,
    base,
    changeset,
    readContent: (digest) => contents.read(digest),
    stageContents: (stagingDir, { signal } = {}) => contents.stage(stagingDir, signal),
  };
}

/** Who, when, why and how much; and when they were applied. @throws {WorkspaceError} NOT_A_DIRECTORY, BAD_ARCHIVE */
export async function readRecord(directory: string): Promise<KeptRecord> {
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    const message = `There are no kept changes in ${quote(directory)}.`;
    throw new WorkspaceError("NOT_A_DIRECTORY", message, { path: directory });
  }
  const text = await readBounded(directory, FILES.record, LARGEST_RECORD_BYTES);
  const record = decodeRecord(text.toString("utf8"), directory);
  const appliedAtMs = await readApplied(directory);
  return appliedAtMs === undefined ? record : { ...record, appliedAtMs };
}

/** That the mark is there counts; what it says is only for people. */
async function readApplied(directory: string): Promise<number | undefined> {
  const stats = lstatSync(join(directory, FILES.applied), { throwIfNoEntry: false });
  return stats === undefined ? undefined : Math.floor(stats.mtimeMs);
}

async function readList<T>(
  directory: string,
  name: string,
  expectedSha256: string,
  decode: (bytes: Uint8Array) => T,
): Promise<T> {
  const bytes = await readBounded(directory, name, LARGEST_LIST_BYTES);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== expectedSha256) throw damaged(directory, `the list ${quote(name)} is not what was written`);
  return checked(directory, () => decode(bytes));
}

function checked<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof WorkspaceError)) throw cause;
    throw damaged(directory, cause.message.replace(/\.$/, ""), cause);
  }
}

async function readBounded(directory: string, name: string, limitBytes: number): Promise<Buffer> {
  try {
    const file = await open(join(directory, name), OPEN_FLAGS);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw damaged(directory, `${quote(name)} is not a file`);
      if (stats.size > limitBytes) throw damaged(directory, `${quote(name)} is larger than possible`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw damaged(directory, `cannot read ${quote(name)}: ${systemReason(cause)}`, cause);
  }
}
