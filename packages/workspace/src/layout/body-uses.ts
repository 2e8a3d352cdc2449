import { constants, copyFileSync, linkSync, renameSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { systemCode } from "../errors.js";
import { EMPTY_DIGEST, type ManifestEntry } from "../manifest/entry.js";
import { type Bodies, bodiesOf } from "../transfer/bodies.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import type { ContentSource } from "./content-source.js";
import { missingContent } from "./missing-content.js";

const COPY_FLAGS = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
/** Larger files are copied on Node's thread pool, so that the event loop goes on. */
const SYNC_COPY_BYTES = 1024 * 1024;

/**
 * Hands out received contents: the last file that needs one gets it by rename, or by a hard link if the contents are
 * to stay until all is over; those before get copies.
 */
export class BodyUses implements ContentSource {
  readonly #contents: Pick<StagedContents, "pathOf" | "attributesOf"> | undefined;
  readonly #bodies: Bodies;
  /** How often each was placed. */
  readonly #placed: Uint32Array;

  readonly #give: (source: string, location: string) => void;

  constructor(
    contents: Pick<StagedContents, "pathOf" | "attributesOf"> | undefined,
    entries: Iterable<ManifestEntry>,
    options: { keepContents?: boolean } = {},
  ) {
    this.#contents = contents;
    this.#give = options.keepContents ? linkSync : renameSync;
    this.#bodies = bodiesOf(entries);
    this.#placed = new Uint32Array(this.#bodies.length);
  }

  has(entry: ManifestEntry): boolean {
    return entry.digest === EMPTY_DIGEST || this.#locate(entry) !== undefined;
  }

  /** See {@link ContentSource}. */
  async place(entry: ManifestEntry, location: string): Promise<boolean> {
    const source = this.#locate(entry);
    if (source === undefined || entry.digest === undefined) throw missingContent(entry);
    if (this.#countDown(entry.digest) > 0 || !this.#given(source, location)) {
      await copyContent(source, location, entry.sizeBytes);
      return false;
    }
    const has = this.#contents?.attributesOf?.(entry.digest);
    return has !== undefined && has.mode === entry.mode && has.mtimeUs === entry.mtimeUs;
  }

  /** How many uses are left after this one. */
  #countDown(digest: string): number {
    const index = this.#bodies.indexOf(digest);
    const placed = (this.#placed[index] ?? 0) + 1;
    if (index >= 0) this.#placed[index] = placed;
    return this.#bodies.usesOf(index) - placed;
  }

  #given(source: string, location: string): boolean {
    try {
      this.#give(source, location);
      return true;
    } catch (cause) {
      // Another file system, or one without hard links.
      if (["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes(systemCode(cause) ?? "")) return false;
      throw cause;
    }
  }

  #locate(entry: ManifestEntry): string | undefined {
    return entry.digest === undefined ? undefined : this.#contents?.pathOf(entry.digest);
  }
}

export async function copyContent(source: string, location: string, sizeBytes: number): Promise<void> {
  if (sizeBytes > SYNC_COPY_BYTES) await copyFile(source, location, COPY_FLAGS);
  else copyFileSync(source, location, COPY_FLAGS);
}
