import type { ContentSource } from "../layout/content-source.js";
import { copyIfThere } from "../layout/copy-checked.js";
import { missingContent } from "../layout/missing-content.js";
import type { ManifestEntry } from "../manifest/entry.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { ContentStore } from "./content-store.js";

/** Contents that a machine has already: in the store, or elsewhere in the same tree. */
export class LocalContents implements ContentSource {
  readonly #store: ContentStore;
  readonly #root: string;
  /** Where in the tree a content stands, and will go on standing. */
  readonly #places: ReadonlyMap<string, string>;

  /** @param isStaying - whether a path of the tree keeps its content while others are placed */
  constructor(store: ContentStore, current: Snapshot, isStaying: (entry: ManifestEntry) => boolean) {
    this.#store = store;
    this.#root = current.root;
    const places = new Map<string, string>();
    for (const entry of current.manifest.entries) {
      if (entry.digest !== undefined && isStaying(entry)) places.set(entry.digest, entry.path);
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
