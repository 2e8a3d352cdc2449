import { mkdirSync } from "node:fs";
import { BodyUses } from "../layout/body-uses.js";
import type { ContentSource } from "../layout/content-source.js";
import { copyIfThere } from "../layout/copy-checked.js";
import type { ManifestEntry } from "../manifest/entry.js";
import type { Pace } from "../pacing.js";
import { IndexCursor } from "../snapshot/index-cursor.js";
import { readIndexFile } from "../snapshot/index-file.js";
import type { StatIndex } from "../snapshot/stat-index.js";
import { type Body, bodiesOf } from "../transfer/bodies.js";

/**
 * Contents that were found elsewhere: in the same tree, at paths that are about to get other ones, or in other trees of
 * the same workspace, in which tasks may run at the moment. What is there is only a hint, so each is copied and checked
 * before it counts.
 */
export class GatheredContents implements ContentSource {
  readonly #directory: string;
  readonly #uses: BodyUses;
  readonly #copies = new Map<string, string>();

  /** @param directory - is created when something is found; its owner removes it. @param needed - all uses of contents */
  constructor(directory: string, needed: Iterable<ManifestEntry>) {
    this.#directory = directory;
    this.#uses = new BodyUses({ pathOf: (digest) => this.#copies.get(digest) }, needed);
  }

  has(entry: ManifestEntry): boolean {
    return this.#uses.has(entry);
  }

  place(entry: ManifestEntry, location: string): Promise<boolean> {
    return this.#uses.place(entry, location);
  }

  /** Looks for contents in these trees, one after the other. */
  async gather(lacking: Iterable<ManifestEntry>, trees: Iterable<ScannedTree>, pace: Pace): Promise<void> {
    const bodies = bodiesOf(lacking);
    for (const { root, index } of trees) {
      const places = placesIn(index, (digest) => bodies.indexOf(digest) >= 0 && !this.#copies.has(digest));
      if (places.size > 0) await this.#copyAll(bodies, { root, places }, pace);
      if (this.#copies.size === bodies.length) return;
    }
  }

  async #copyAll(bodies: Iterable<Body>, { root, places }: Places, pace: Pace): Promise<void> {
    for (const body of bodies) {
      if (pace.isDue()) await pace.rest();
      const path = places.get(body.digest);
      if (path !== undefined) await this.#copy(`${root}/${path}`, body);
    }
  }

  async #copy(source: string, body: { digest: string; sizeBytes: number }): Promise<void> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const location = `${this.#directory}/${this.#copies.size}`;
    if (await copyIfThere(source, location, body)) this.#copies.set(body.digest, location);
  }
}

/** A tree, and what stood in it when it was last scanned. */
export interface ScannedTree {
  root: string;
  index: StatIndex;
}

interface Places {
  root: string;
  /** Paths by digest. */
  places: ReadonlyMap<string, string>;
}

/** The kept trees that have their homes in these directories; each is looked at when it is its turn. */
export function* scannedTrees(directories: readonly string[]): Generator<ScannedTree> {
  for (const directory of directories) {
    const root = `${directory}/tree`;
    const index = readIndexFile(`${directory}/index`, root);
    if (index !== undefined) yield { root, index };
  }
}

function placesIn(index: StatIndex, isWanted: (digest: string) => boolean): Map<string, string> {
  const places = new Map<string, string>();
  for (const { entry } of new IndexCursor(index).walk()) {
    if (entry.digest !== undefined && isWanted(entry.digest)) places.set(entry.digest, entry.path);
  }
  return places;
}
