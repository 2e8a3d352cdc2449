import { WorkspaceError } from "../errors.js";
import { EMPTY_DIGEST, type ManifestEntry } from "../manifest/entry.js";
import { Column } from "./column.js";
import { DigestTable } from "./digest-table.js";
import { BLOCK_BYTES, END_BLOCKS, PAX_SIZE_FROM } from "./profile.js";

/** One content that travels: the first file that has it, for all of them. */
export interface Body {
  digest: string;
  sizeBytes: number;
  path: string;
  /** Of that file. */
  mode: number;
  mtimeUs: number;
}

/** What knows how many it has. */
export interface BodyList extends Iterable<Body> {
  readonly length: number;
}

const known = new WeakMap<Iterable<ManifestEntry>, Bodies>();

/**
 * The contents of these entries in the order in which they travel: each once, empty ones not at all. Kept with the
 * entries, which must be the same in every walk.
 * @throws {WorkspaceError} BAD_MANIFEST when one content is given two sizes
 */
export function bodiesOf(entries: Iterable<ManifestEntry>): Bodies {
  const bodies = known.get(entries) ?? new Bodies(entries);
  known.set(entries, bodies);
  return bodies;
}

/** Contents by number; numbers are all that is kept of them, and walks make them anew from the entries. */
export class Bodies implements BodyList {
  readonly #entries: Iterable<ManifestEntry>;
  readonly #digests = new DigestTable();
  readonly #sizes = new Column();
  readonly #uses = new Column();
  /** Of the distinct contents, and of all files that have one. */
  contentBytes = 0;
  fileBytes = 0;
  /** Of the archive that they travel in. */
  archiveBytes = END_BLOCKS * BLOCK_BYTES;
  /** How many entries there are, and how many of them have one of these contents. */
  entries = 0;
  files = 0;

  constructor(entries: Iterable<ManifestEntry>) {
    this.#entries = entries;
    for (const entry of entries) this.#count(entry);
  }

  /** How many there are. */
  get length(): number {
    return this.#digests.size;
  }

  /** -1 when it is not one of them. */
  indexOf(digest: string | undefined): number {
    return digest === undefined ? -1 : this.#digests.indexOf(digest);
  }

  /** How many entries have the content of this number. */
  usesOf(index: number): number {
    return this.#uses.get(index);
  }

  *[Symbol.iterator](): Generator<Body> {
    let next = 0;
    for (const { path, digest, sizeBytes, mode, mtimeUs } of this.#entries) {
      if (digest === undefined || this.indexOf(digest) !== next) continue;
      next++;
      yield { digest, sizeBytes, path, mode, mtimeUs };
    }
  }

  #count({ path, digest, sizeBytes }: ManifestEntry): void {
    this.entries++;
    if (digest === undefined) return;
    if ((digest === EMPTY_DIGEST) !== (sizeBytes === 0)) throw twoSizes(path);
    if (sizeBytes === 0) return;
    const isNew = this.#digests.size;
    const index = this.#digests.add(digest);
    if (index === isNew) {
      this.#sizes.set(index, sizeBytes);
      this.contentBytes += sizeBytes;
      this.archiveBytes += archivedBytes(sizeBytes);
    } else if (this.#sizes.get(index) !== sizeBytes) throw twoSizes(path);
    this.#uses.set(index, this.#uses.get(index) + 1);
    this.files++;
    this.fileBytes += sizeBytes;
  }
}

/** Of one content with its headers; it ends with a full block. */
function archivedBytes(sizeBytes: number): number {
  const headers = sizeBytes >= PAX_SIZE_FROM ? 3 : 1;
  return (headers + Math.ceil(sizeBytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

function twoSizes(path: string): WorkspaceError {
  return new WorkspaceError("BAD_MANIFEST", `Two sizes are given for one content.`, { path });
}
