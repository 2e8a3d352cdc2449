import { createHash } from "node:crypto";
import type { ManifestEntry } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import { packArchive } from "./archive-writer.js";
import { bodiesOf } from "./bodies.js";
import type { TransferSummary } from "./profile.js";

const CHUNK_BYTES = 256 * 1024;

/** The bytes of one transfer, to be iterated once. */
export interface ContentStream extends AsyncIterable<Uint8Array> {
  /** Set when the iteration has ended; the receiver compares it with what it received. */
  readonly summary: TransferSummary | undefined;
}

/**
 * Packs the contents that `entries` need, from the files below `root`, as the archive that profile.ts describes.
 * Chunks have 256 KiB except the last, and belong to the consumer. Nothing is read before the consumer asks, and
 * never more than about a megabyte ahead of it.
 *
 * Iterating rejects with WorkspaceError FILE_CHANGED when a file no longer has the size and digest of its entry,
 * and UNREADABLE; what was yielded before is then to be thrown away.
 */
export function packContents(
  root: string,
  entries: readonly ManifestEntry[],
  options: { signal?: AbortSignal } = {},
): ContentStream {
  return new PackedContents(root, entries, options.signal);
}

class PackedContents implements ContentStream {
  summary: TransferSummary | undefined;
  readonly #root: string;
  readonly #entries: readonly ManifestEntry[];
  readonly #signal: AbortSignal | undefined;

  constructor(root: string, entries: readonly ManifestEntry[], signal: AbortSignal | undefined) {
    this.#root = root;
    this.#entries = entries;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const bodies = bodiesOf(this.#entries);
    const sha256 = createHash("sha256");
    let bytes = 0;
    for await (const chunk of coalesce(packArchive(this.#root, bodies, new Pace(this.#signal)))) {
      this.#signal?.throwIfAborted();
      sha256.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    this.summary = { bytes, entries: bodies.length, sha256: sha256.digest("hex") };
  }
}

/** Many small pieces in, chunks of one size out: each message costs the transport about as much as 100 KiB do. */
async function* coalesce(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length; ) {
      const part = piece.subarray(taken, taken + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
