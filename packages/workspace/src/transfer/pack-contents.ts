import type { ManifestEntry } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import type { IdentityLookup } from "../snapshot/snapshot.js";
import { ArchiveWriter } from "./archive-writer.js";
import { bodiesOf } from "./bodies.js";
import type { TransferSummary } from "./profile.js";

/** The bytes of one transfer, to be iterated once. */
export interface ContentStream extends AsyncIterable<Uint8Array> {
  /** Set when the iteration has ended; the receiver compares it with what it received. */
  readonly summary: TransferSummary | undefined;
}

export interface PackOptions {
  /**
   * By which a file is known to hold its content still, from the snapshot that the entries are of. Files without one
   * are hashed. Default: none.
   */
  identities?: IdentityLookup | undefined;
  signal?: AbortSignal;
}

/**
 * Packs the contents that `entries` need, from the files below `root`, as the archive that profile.ts describes.
 * Chunks have 256 KiB except the last, and belong to the consumer. Nothing is read before the consumer asks, and
 * never more than one chunk ahead of it.
 *
 * Iterating rejects with WorkspaceError FILE_CHANGED when a file no longer has the size and digest of its entry,
 * and UNREADABLE; what was yielded before is then to be thrown away.
 */
export function packContents(
  root: string,
  entries: Iterable<ManifestEntry>,
  options: PackOptions = {},
): ContentStream {
  return new PackedContents(root, entries, options);
}

/** How many bytes {@link packContents} gives for these entries. @throws {WorkspaceError} BAD_MANIFEST */
export function archiveBytes(entries: Iterable<ManifestEntry>): number {
  return bodiesOf(entries).archiveBytes;
}

const NO_IDENTITIES: IdentityLookup = { get: () => undefined };

class PackedContents implements ContentStream {
  summary: TransferSummary | undefined;
  readonly #root: string;
  readonly #entries: Iterable<ManifestEntry>;
  readonly #options: PackOptions;

  constructor(root: string, entries: Iterable<ManifestEntry>, options: PackOptions) {
    this.#root = root;
    this.#entries = entries;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { identities = NO_IDENTITIES, signal } = this.#options;
    const bodies = bodiesOf(this.#entries);
    const writer = new ArchiveWriter({ root: this.#root, bodies, identities }, new Pace(signal));
    const chunks = writer.write();
    try {
      for (let chunk = await chunks.next(); ; chunk = await chunks.next()) {
        signal?.throwIfAborted();
        if (chunk.done) {
          this.summary = chunk.value;
          return;
        }
        yield chunk.value;
      }
    } finally {
      // Closes the file that is open, if the consumer stopped.
      await chunks.return(undefined as never);
    }
  }
}
