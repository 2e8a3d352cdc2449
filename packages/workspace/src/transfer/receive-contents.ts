import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { checkLimit, type Limits, limitsWith } from "../limits.js";
import type { ManifestEntry } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import { abortable } from "./abortable.js";
import { ArchiveReader } from "./archive-reader.js";
import { type Bodies, bodiesOf } from "./bodies.js";
import { BodyFiles } from "./body-files.js";
import type { TransferSummary } from "./profile.js";

const SLICE_BYTES = 256 * 1024;

/** Received contents, each in a file of its own, not yet at its place. */
export interface StagedContents {
  /** What was received; the caller compares it with what the sender announced. */
  readonly summary: TransferSummary;
  /** Where the content is, or undefined if it was not received. `layOut` and `apply` move the file away. */
  pathOf(digest: string): string | undefined;
  /** The mode and time that its file has already. @internal */
  attributesOf?(digest: string): { mode: number; mtimeUs: number } | undefined;
  /** Removes what is left of the staging directory. May be called again. */
  remove(): Promise<void>;
}

export interface ReceiveOptions {
  /** The entries whose contents are due; the archive must hold these and nothing else. */
  expected: Iterable<ManifestEntry>;
  /** Created with mode 0700 if it is missing, else it must be empty. On the file system of the target. */
  stagingDir: string;
  limits?: Partial<Limits>;
  signal?: AbortSignal;
}

/**
 * Receives what {@link packContents} sends, from a peer that may be hostile. Contents go to numbered files below
 * `stagingDir`; nothing that the peer names touches the disk. What is not exactly as expected rejects the whole
 * transfer and removes `stagingDir`. A chunk must not be written over after it was given.
 * @throws {WorkspaceError} BAD_ARCHIVE, LIMIT, BAD_MANIFEST or IO_FAILED
 */
export async function receiveContents(
  chunks: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<StagedContents> {
  prepare(options.stagingDir);
  let files: BodyFiles | undefined;
  try {
    const pace = new Pace(options.signal);
    const expected = bodiesOf(options.expected);
    checkTotals(expected, limitsWith(options.limits));
    const received = new BodyFiles(options.stagingDir, expected);
    files = received;
    const summary = await receive(abortable(chunks, options.signal), { expected, files: received, pace });
    return {
      summary: { ...summary, entries: expected.length },
      pathOf: (digest) => received.pathOf(digest),
      attributesOf: (digest) => received.attributesOf(digest),
      remove: () => removeNumbered(options.stagingDir),
    };
  } catch (cause) {
    await files?.abandon();
    await removeNumbered(options.stagingDir);
    throw asWorkspaceError(cause);
  }
}

interface Receiving {
  expected: Bodies;
  files: BodyFiles;
  pace: Pace;
}

async function receive(chunks: AsyncIterable<Uint8Array>, { expected, files, pace }: Receiving) {
  const reader = new ArchiveReader(expected, files);
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      reader.push(chunk.subarray(at, at + SLICE_BYTES));
      await files.room();
      if (pace.isDue()) await pace.rest();
    }
    bytes += chunk.length;
  }
  const sha256 = reader.end();
  await files.end();
  return { bytes, sha256 };
}

function checkTotals(bodies: Bodies, limits: Limits): void {
  checkLimit("entries", bodies.entries, limits.entries);
  checkLimit("bytes of contents", bodies.fileBytes, limits.contentBytes);
}

/** What already stands there is only looked at until it is known to be an empty directory, and no link to one. */
function prepare(stagingDir: string): void {
  const path = stagingDir;
  try {
    mkdirSync(stagingDir, { recursive: true, mode: 0o700 });
    if (!lstatSync(stagingDir).isDirectory()) {
      const message = `The staging directory ${quote(stagingDir)} is a link. Use a directory of its own.`;
      throw new WorkspaceError("NOT_A_DIRECTORY", message, { path });
    }
    if (readdirSync(stagingDir).length > 0) {
      const message = `The staging directory ${quote(stagingDir)} is not empty. Use a fresh one.`;
      throw new WorkspaceError("NOT_EMPTY", message, { path });
    }
    chmodSync(stagingDir, 0o700);
  } catch (cause) {
    throw asWorkspaceError(cause);
  }
}

/** Only what {@link BodyFiles} makes there; so nothing that is not ours is lost. */
async function removeNumbered(stagingDir: string): Promise<void> {
  const pace = new Pace(undefined);
  try {
    for (const name of readdirSync(stagingDir)) {
      if (/^\d+$/.test(name)) unlinkSync(`${stagingDir}/${name}`);
      if (pace.isDue()) await pace.rest();
    }
    rmdirSync(stagingDir);
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT" && systemCode(cause) !== "ENOTEMPTY") throw asWorkspaceError(cause);
  }
}

function asWorkspaceError(cause: unknown): unknown {
  if (systemCode(cause) === undefined || cause instanceof WorkspaceError) return cause;
  const message = `Cannot store what is received: ${systemReason(cause)}.`;
  return new WorkspaceError("IO_FAILED", message, { cause });
}
