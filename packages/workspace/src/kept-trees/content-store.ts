import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, unlinkSync, utimesSync } from "node:fs";
import { copyIfThere } from "../layout/copy-checked.js";
import { unlinkIfThere } from "../layout/unlink-if-there.js";

/** A content in the store. */
export interface StoredContent {
  digest: string;
  sizeBytes: number;
  usedAtMs: number;
}

/**
 * Contents by digest, each in a file of its own, `ab/cdef…`. What goes in is renamed into it; what comes out is a
 * copy that has been checked, so a file here that somebody changed costs its content and nothing else. Several
 * processes may use one store.
 */
export class ContentStore {
  readonly #directory: string;
  /** What is probably there: another process may have removed it. */
  readonly #digests: Set<string>;

  /** @param directory - created if it is missing, for this user only */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#digests = new Set(digestsIn(directory));
  }

  has(digest: string): boolean {
    return this.#digests.has(digest) && isFile(this.#locate(digest));
  }

  /** Takes a file, which is gone from `location` then. Nothing else may have it: it must have one link. */
  take(digest: string, location: string): void {
    if (this.has(digest)) {
      unlinkSync(location);
      return;
    }
    mkdirSync(`${this.#directory}/${digest.slice(0, 2)}`, { recursive: true, mode: 0o700 });
    chmodSync(location, 0o600);
    renameSync(location, this.#locate(digest));
    this.#touch(digest);
    this.#digests.add(digest);
  }

  /** Copies a content to `location`. False when it is not there, or was damaged: then it is there no more. */
  async copyTo(digest: string, location: string, sizeBytes: number): Promise<boolean> {
    if (!this.has(digest)) return false;
    const isWhole = await copyIfThere(this.#locate(digest), location, { digest, sizeBytes });
    if (isWhole) this.#touch(digest);
    else this.remove(digest);
    return isWhole;
  }

  remove(digest: string): void {
    this.#digests.delete(digest);
    unlinkIfThere(this.#locate(digest));
  }

  /** All that is there, in no order. */
  list(): StoredContent[] {
    return digestsIn(this.#directory).flatMap((digest) => {
      const stats = lstatSync(this.#locate(digest), { throwIfNoEntry: false });
      return stats ? [{ digest, sizeBytes: stats.size, usedAtMs: stats.mtimeMs }] : [];
    });
  }

  #locate(digest: string): string {
    return `${this.#directory}/${digest.slice(0, 2)}/${digest.slice(2)}`;
  }

  /** Its modification time says when it was last used. */
  #touch(digest: string): void {
    const now = Date.now() / 1000;
    utimesSync(this.#locate(digest), now, now);
  }
}

function digestsIn(directory: string): string[] {
  return readdirSync(directory).flatMap((prefix) =>
    /^[0-9a-f]{2}$/.test(prefix)
      ? readdirSync(`${directory}/${prefix}`).flatMap((rest) =>
          /^[0-9a-f]{62}$/.test(rest) ? [prefix + rest] : [],
        )
      : [],
  );
}

function isFile(location: string): boolean {
  return lstatSync(location, { throwIfNoEntry: false })?.isFile() ?? false;
}
