import { createHash, hash } from "node:crypto";
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { EMPTY_DIGEST } from "../manifest/entry.js";
import type { Pace } from "../pacing.js";
import { type FileIdentity, identityOf, sameIdentity } from "./file-identity.js";

const BUFFER_BYTES = 256 * 1024;
const MAX_TRIES = 3;

/** `O_NONBLOCK`, so that a FIFO that took a file's place cannot hold us up. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface HashedFile {
  digest: string;
  identity: FileIdentity;
}

/** Hashes files one after the other through one buffer, so its memory does not depend on their sizes. */
export class FileHasher {
  readonly #reader = new FileReader();
  readonly #pace: Pace;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /**
   * Reads the file at `location`, again if it changed meanwhile.
   * @param path what to call it in errors
   * @throws {WorkspaceError} UNREADABLE; FILE_CHANGED when it changed each of three times
   */
  async hash(location: string, path: string): Promise<HashedFile> {
    const steps = this.#reader.hash(location, path);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (this.#pace.isDue()) await this.#pace.rest().catch((cause) => steps.throw(cause));
    }
  }
}

/** Hashes a file in steps of {@link BUFFER_BYTES}, between which its caller may rest, or stop by throwing into it. */
export class FileReader {
  #lazyBuffer: Buffer | undefined;

  /** Made for the first file: of most trees none is read. */
  get #buffer(): Buffer {
    this.#lazyBuffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
    return this.#lazyBuffer;
  }

  /** See {@link FileHasher.hash}. */
  *hash(location: string, path: string): Generator<void, HashedFile> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const hashed = yield* this.#hashOnce(location, path);
      if (hashed !== undefined) return hashed;
    }
    throw fileChanged(path, `changed ${MAX_TRIES} times while it was read`);
  }

  *#hashOnce(location: string, path: string): Generator<void, HashedFile | undefined> {
    const { descriptor, stats } = openForReading(location, path);
    try {
      const before = identityOf(stats);
      const digest = yield* this.#digest(descriptor, before.sizeBytes);
      const after = identityOf(fstatSync(descriptor, { bigint: true }));
      return sameIdentity(before, after) ? { digest, identity: after } : undefined;
    } catch (cause) {
      throw systemCode(cause) === undefined ? cause : unreadable(path, cause);
    } finally {
      closeSync(descriptor);
    }
  }

  *#digest(descriptor: number, sizeBytes: number): Generator<void, string> {
    if (sizeBytes === 0) return EMPTY_DIGEST;
    const first = readSync(descriptor, this.#buffer, 0, BUFFER_BYTES, null);
    if (first === sizeBytes) return hash("sha256", this.#buffer.subarray(0, first), "hex");
    const digest = createHash("sha256");
    // Not beyond the size that it had: one that grows as fast as it is read would have no end.
    for (let length = first, total = 0; length > 0 && total < sizeBytes; ) {
      digest.update(this.#buffer.subarray(0, length));
      total += length;
      yield;
      length = readSync(descriptor, this.#buffer, 0, BUFFER_BYTES, null);
    }
    return digest.digest("hex");
  }
}

export interface OpenedFile {
  /** The caller closes it. */
  descriptor: number;
  stats: BigIntStats;
}

/** @throws {WorkspaceError} UNREADABLE, or FILE_CHANGED when it is gone or no regular file any more */
export function openForReading(location: string, path: string): OpenedFile {
  const descriptor = open(location, path);
  const stats = fstatSync(descriptor, { bigint: true });
  if (stats.isFile()) return { descriptor, stats };
  closeSync(descriptor);
  throw fileChanged(path, "is no regular file any more");
}

function open(location: string, path: string): number {
  try {
    return openSync(location, OPEN_FLAGS);
  } catch (cause) {
    const isReplaced = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(systemCode(cause) ?? "");
    throw isReplaced ? fileChanged(path, "is gone or was replaced", cause) : unreadable(path, cause);
  }
}

export function fileChanged(path: string, what: string, cause?: unknown): WorkspaceError {
  const advice = "Something else is writing to it; try again when that is done.";
  return new WorkspaceError("FILE_CHANGED", `The file ${quote(path)} ${what}. ${advice}`, { path, cause });
}

export function unreadable(path: string, cause: unknown): WorkspaceError {
  const reason = systemReason(cause);
  const advice = "Make it readable for this user, or move it out of the directory.";
  return new WorkspaceError("UNREADABLE", `Cannot read ${quote(path)}: ${reason}. ${advice}`, {
    path,
    cause,
  });
}
