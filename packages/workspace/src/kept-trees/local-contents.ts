import type { ContentSource } from "../layout/content-source.js";
import { copyIfThere } from "../layout/copy-checked.js";
import { missingContent } from "../layout/missing-content.js";
import {
  entriesByPath,
  type Manifest,
  type ManifestEntry,
  sameContent,
  walkEntries,
} from "../manifest/entry.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { Bodies } from "../transfer/bodies.js";
import type { ContentStore } from "./content-store.js";

interface WantedContents {
  bodies: Bodies;
  current: Snapshot;
  /** What the tree is to become: paths of which the content is the same there keep it while others are placed. */
  target: Manifest;
}

/** Contents that a machine has already: in the store, or elsewhere in the same tree. */
export class LocalContents implements ContentSource {
  readonly #store: ContentStore;
  readonly #root: string;
  /** Where in the tree a content stands, and will go on standing. */
  readonly #places: ReadonlyMap<string, string>;

  constructor(store: ContentStore, { bodies, current, target }: WantedContents) {
    this.#store = store;
    this.#root = current.root;
    const places = new Map<string, string>();
    const after = entriesByPath(target);
    for (const entry of walkEntries(current.manifest)) {
      if (entry.digest === undefined || bodies.indexOf(entry.digest) === -1) continue;
      const staying = after.get(entry.path);
      if (staying !== undefined && sameContent(entry, staying)) places.set(entry.digest, entry.path);
    }
    this.#places = places;
  }

  has({ digest }: ManifestEntry): boolean {
    return digest !== undefined && (this.#places.has(digest) || this.#store.has(digest));
  }

  async place(entry: ManifestEntry, location: string): Promise<boolean> {
    const { digest, sizeBytes } = entry;
    if (digest === undefined) throw missingContent(entry);
    const path = this.#places.get(digest);
    const isCopied =
      path !== undefined && (await copyIfThere(`${this.#root}/${path}`, location, { digest, sizeBytes }));
    if (isCopied || (await this.#store.copyTo(digest, location, sizeBytes))) return false;
    throw missingContent(entry);
  }
}
