import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, fstatSync, readSync } from "node:fs";
import { systemCode } from "../errors.js";
import type { Pace } from "../pacing.js";
import { identityOf, sameIdentity } from "../snapshot/file-identity.js";
import { fileChanged, openForReading, unreadable } from "../snapshot/read-file.js";
import type { IdentityLookup } from "../snapshot/snapshot.js";
import type { Body, BodyList } from "./bodies.js";
import { paxRecords } from "./pax-records.js";
import { BLOCK_BYTES, END_BLOCKS, PAX_NAME, PAX_SIZE_FROM, type TransferSummary } from "./profile.js";
import { writeHeader } from "./ustar-header.js";

/** What a transport carries well in one message; and so much is read ahead of it. */
const CHUNK_BYTES = 256 * 1024;

export interface ArchiveSource {
  /** The directory that the paths of the bodies are relative to. */
  root: string;
  bodies: BodyList;
  /** By which a file is known to hold its content still; others are hashed while they are read. */
  identities: IdentityLookup;
}

/**
 * Writes archives as profile.ts describes them, in chunks that are all full but the last. Files are read straight
 * into the chunks, as the consumer asks for them.
 */
export class ArchiveWriter {
  readonly #source: ArchiveSource;
  readonly #pace: Pace;
  readonly #sha256 = createHash("sha256");
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #filled = 0;
  #bytes = 0;

  constructor(source: ArchiveSource, pace: Pace) {
    this.#source = source;
    this.#pace = pace;
  }

  /** @throws {WorkspaceError} FILE_CHANGED, UNREADABLE */
  async *write(): AsyncGenerator<Uint8Array, TransferSummary, undefined> {
    for (const body of this.#source.bodies) {
      if (this.#pace.isDue()) await this.#pace.rest();
      yield* this.#header(body);
      yield* this.#content(body);
      yield* this.#zeros((BLOCK_BYTES - (body.sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
    }
    yield* this.#zeros(END_BLOCKS * BLOCK_BYTES);
    if (this.#filled > 0) yield this.#take();
    return { bytes: this.#bytes, entries: this.#source.bodies.length, sha256: this.#sha256.digest("hex") };
  }

  *#header(body: Body): Generator<Uint8Array> {
    const isLarge = body.sizeBytes >= PAX_SIZE_FROM;
    if (!isLarge)
      return yield* this.#headerBlock({ type: "file", name: body.digest, sizeBytes: body.sizeBytes });
    const records = Buffer.from(paxRecords(body), "latin1");
    yield* this.#headerBlock({ type: "pax", name: PAX_NAME, sizeBytes: records.length });
    yield* this.#put(records);
    yield* this.#zeros(BLOCK_BYTES - records.length);
    yield* this.#headerBlock({ type: "file", name: PAX_NAME, sizeBytes: 0 });
  }

  *#headerBlock(header: Parameters<typeof writeHeader>[1]): Generator<Uint8Array> {
    const block = Buffer.alloc(BLOCK_BYTES);
    writeHeader(block, header);
    yield* this.#put(block);
  }

  /** Bytes that are part of the archive's own digest. */
  *#put(bytes: Uint8Array): Generator<Uint8Array> {
    this.#sha256.update(bytes);
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + CHUNK_BYTES - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === CHUNK_BYTES) yield this.#take();
    }
  }

  *#zeros(count: number): Generator<Uint8Array> {
    if (count > 0) yield* this.#put(ZEROS.subarray(0, count));
  }

  #take(): Uint8Array {
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#bytes += this.#filled;
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#filled = 0;
    return chunk;
  }

  async *#content(body: Body): AsyncGenerator<Uint8Array> {
    const { descriptor, stats } = openForReading(`${this.#source.root}/${body.path}`, body.path);
    try {
      if (Number(stats.size) !== body.sizeBytes) throw contentChanged(body);
      const known = this.#source.identities.get(body.path);
      const isKnown = known !== undefined && sameIdentity(known, identityOf(stats));
      yield* this.#read(descriptor, body, isKnown ? undefined : new ContentHash(body));
      const isAsBefore = !isKnown || sameIdentity(known, identityOf(fstatSync(descriptor, { bigint: true })));
      if (!isAsBefore) throw contentChanged(body);
    } catch (cause) {
      throw systemCode(cause) === undefined ? cause : unreadable(body.path, cause);
    } finally {
      closeSync(descriptor);
    }
    this.#sha256.update(Buffer.from(body.digest, "hex"));
  }

  async *#read(descriptor: number, body: Body, check: ContentHash | undefined): AsyncGenerator<Uint8Array> {
    for (let rest = body.sizeBytes; rest > 0; ) {
      const wanted = Math.min(rest, CHUNK_BYTES - this.#filled);
      const length = readSync(descriptor, this.#chunk, this.#filled, wanted, null);
      if (length === 0) throw contentChanged(body);
      check?.update(this.#chunk.subarray(this.#filled, this.#filled + length));
      this.#filled += length;
      rest -= length;
      if (this.#filled === CHUNK_BYTES) yield this.#take();
      if (this.#pace.isDue()) await this.#pace.rest();
    }
    if (check && check.digest() !== body.digest) throw contentChanged(body);
  }
}

const ZEROS = Buffer.alloc(BLOCK_BYTES * END_BLOCKS);

/** Hashes a content; one that comes in one piece, which is most of them, by the quicker way. */
class ContentHash {
  readonly #body: Body;
  #sha256: Hash | undefined;
  #digest: string | undefined;

  constructor(body: Body) {
    this.#body = body;
  }

  update(bytes: Uint8Array): void {
    if (bytes.length === this.#body.sizeBytes) {
      this.#digest = hash("sha256", bytes, "hex");
      return;
    }
    this.#sha256 ??= createHash("sha256");
    this.#sha256.update(bytes);
  }

  digest(): string | undefined {
    return this.#digest ?? this.#sha256?.digest("hex");
  }
}

function contentChanged(body: Body) {
  return fileChanged(body.path, "is no longer what the snapshot saw");
}
