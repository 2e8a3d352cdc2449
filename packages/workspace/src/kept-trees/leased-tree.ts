import { mkdirSync } from "node:fs";
import { isOfFullDisk } from "../full-disk.js";
import { BodyUses } from "../layout/body-uses.js";
import type { ContentSource } from "../layout/content-source.js";
import { missingContent } from "../layout/missing-content.js";
import { updateTree } from "../layout/update-tree.js";
import type { Lock } from "../lock/process-lock.js";
import type { Manifest, ManifestEntry } from "../manifest/entry.js";
import { Pace } from "../pacing.js";
import { type Capture, captureChanges } from "../snapshot/capture-changes.js";
import { differences } from "../snapshot/diff-indexes.js";
import type { IndexedManifest } from "../snapshot/indexed-manifest.js";
import type { ScanRules } from "../snapshot/scan-tree.js";
import { indexedManifest, type Snapshot } from "../snapshot/snapshot.js";
import type { StatIndex } from "../snapshot/stat-index.js";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { bodiesOf } from "../transfer/bodies.js";
import { hasNewContent } from "../transfer/new-contents.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import type { ContentStore } from "./content-store.js";
import { GatheredContents, type ScannedTree, scannedTrees } from "./gathered-contents.js";
import { LocalContents } from "./local-contents.js";
import { MissingContents } from "./missing-contents.js";
import { removeTree } from "./remove-tree.js";
import { writeAbout } from "./tree-about.js";

export interface LeaseParts {
  /** Of this tree: `tree/`, `index`, `about.json`, `lock/`, and what is under way. */
  directory: string;
  lock: Lock;
  store: ContentStore;
  /** The directories of other trees of the same workspace, which may be in use. */
  siblings: () => string[];
  /** @param isDiskFull - the attempt had no room for all that it needed */
  onReleased: (isDiskFull: boolean) => Promise<void>;
}

/**
 * A tree that one attempt has for itself. In the order of use, each step once:
 * 1. `verify`: scan what stands there; nothing is trusted that this scan has not seen.
 * 2. `missing`: which contents of the manifest that is to be laid out are neither there nor elsewhere on this machine.
 * 3. `update`: bring it to that manifest, with what was received.
 * 4. `capture`: after the attempt, find what it changed.
 * 5. `release`, always and last.
 */
export class LeasedTree {
  /** Where the tree is; stays the same as long as it is kept. */
  readonly root: string;
  /** A directory on the same file system for `receiveContents`, which does not exist yet. */
  readonly stagingDirectory: string;
  readonly #parts: LeaseParts;
  #rules: ScanRules = {};
  #current: Snapshot | undefined;
  #base: Snapshot | undefined;
  #target: IndexedManifest | undefined;
  #local: LocalContents | undefined;
  #gathered: GatheredContents | undefined;
  #keepIgnored = false;
  #needed: Iterable<ManifestEntry> = [];

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.root = `${parts.directory}/tree`;
    this.stagingDirectory = `${parts.directory}/received`;
  }

  /** A tree that cannot be read is removed, and an empty one takes its place. */
  async verify(options: { rules?: ScanRules; signal?: AbortSignal }): Promise<Snapshot> {
    this.#rules = options.rules ?? {};
    await this.#removeLeftovers();
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    try {
      this.#current = await this.#scan(options.signal);
    } catch {
      options.signal?.throwIfAborted();
      await removeTree(this.root);
      mkdirSync(this.root, { mode: 0o700 });
      this.#current = await this.#scan(options.signal);
    }
    return this.#current;
  }

  /** The entries whose contents have to be received, in tree order. */
  async missing(target: Manifest, signal?: AbortSignal): Promise<MissingContents> {
    const current = this.#verified();
    const wanted = indexedManifest(target);
    this.#target = wanted;
    this.#needed = newEntries(current.index, wanted.index);
    const bodies = bodiesOf(this.#needed);
    if (bodies.length === 0) return new MissingContents([]);
    const local = new LocalContents(this.#parts.store, { bodies, current, target: wanted });
    this.#local = local;
    const lacking = MissingContents.without(this.#needed, (entry) => local.has(entry));
    const gathered = new GatheredContents(`${this.#parts.directory}/gathered`, this.#needed);
    this.#gathered = gathered;
    if (lacking.count === 0) return lacking;
    await gathered.gather(lacking.entries, this.#trees(current), new Pace(signal));
    return MissingContents.without(lacking.entries, (entry) => gathered.has(entry));
  }

  /**
   * Consumes `received`, which may be undefined when nothing is missing. When it was not asked what is missing, the
   * tree stays what it is.
   * @throws {WorkspaceError} MISSING_CONTENT or IO_FAILED; the tree is something in between then
   */
  async update(
    received: StagedContents | undefined,
    options: { keepIgnored?: boolean; signal?: AbortSignal } = {},
  ): Promise<Snapshot> {
    const current = this.#verified();
    const { store } = this.#parts;
    this.#keepIgnored = options.keepIgnored ?? false;
    this.#base = await updateTree({
      current,
      target: this.#target,
      contents: firstOf([new BodyUses(received, this.#needed), this.#gathered, this.#local]),
      retire: (entry, location) => store.take(entry.digest ?? "", location),
      keepIgnored: this.#keepIgnored,
      signal: options.signal,
    });
    this.#forgetTarget();
    return this.#base;
  }

  /** What the attempt changed. @throws {WorkspaceError} as captureChanges does */
  async capture(signal?: AbortSignal): Promise<Capture> {
    if (this.#base === undefined)
      throw new Error("Changes are captured after the tree was brought up to date.");
    const captured = await captureChanges(this.#base, {
      rules: this.#rules,
      indexFile: this.#indexFile,
      // The scan that verified it has written what it found.
      isIndexed: this.#base === this.#current,
      signal,
    });
    this.#current = captured.after;
    return captured;
  }

  /** What was needed to bring the tree there; of a large one it is much to hold while the attempt runs. */
  #forgetTarget(): void {
    this.#target = undefined;
    this.#needed = [];
    this.#local = undefined;
    this.#gathered = undefined;
  }

  /**
   * Lets others have it, unless nothing in it is worth that. No process may work in it any more.
   * @param failure - of the attempt. On a full disk the tree is not kept, since the room that it takes is needed more.
   */
  async release(failure?: unknown): Promise<void> {
    const { directory, lock, onReleased } = this.#parts;
    let isDiskFull = isOfFullDisk(failure);
    try {
      await this.#removeLeftovers();
      const isKept = this.#isWorthKeeping && !isDiskFull;
      isDiskFull ||= isKept && !this.#noteContents();
      if (!isKept || isDiskFull)
        for (const name of ["tree", "index", "about.json"]) await removeTree(`${directory}/${name}`);
    } finally {
      lock.release();
      await onReleased(isDiskFull);
    }
  }

  /** @returns false when there is no room for it */
  #noteContents(): boolean {
    try {
      writeAbout(this.#parts.directory, { contentBytes: this.#current?.contentBytes ?? 0 });
      return true;
    } catch (cause) {
      if (isOfFullDisk(cause)) return false;
      throw cause;
    }
  }

  /** Of a workspace of which nothing was sent there is nothing to keep, but what is ignored in it could be large. */
  get #isWorthKeeping(): boolean {
    return this.#keepIgnored || this.#base?.entries !== 0 || this.#current?.entries !== 0;
  }

  async #removeLeftovers(): Promise<void> {
    for (const leftover of ["received", "gathered"]) await removeTree(`${this.#parts.directory}/${leftover}`);
  }

  /** This one, whose contents may be about to move, then the others of the workspace. */
  *#trees(current: Snapshot): Generator<ScannedTree> {
    if (current.entries > 0) yield { root: this.root, index: current.index };
    yield* scannedTrees(this.#parts.siblings());
  }

  get #indexFile(): string {
    return `${this.#parts.directory}/index`;
  }

  #scan(signal: AbortSignal | undefined): Promise<Snapshot> {
    return takeSnapshot(this.root, { rules: this.#rules, indexFile: this.#indexFile, signal });
  }

  #verified(): Snapshot {
    if (this.#current === undefined) throw new Error("A tree is used after it was verified.");
    return this.#current;
  }
}

/** Files of the one tree that have another content than in the other. */
function newEntries(before: StatIndex, after: StatIndex): Iterable<ManifestEntry> {
  const changed = differences(before, after);
  return {
    *[Symbol.iterator]() {
      for (const { before, after } of changed)
        if (after !== undefined && hasNewContent(before?.entry, after.entry)) yield after.entry;
    },
  };
}

function firstOf(sources: readonly (ContentSource | undefined)[]): ContentSource {
  const find = (entry: ManifestEntry) => sources.find((source) => source?.has(entry));
  return {
    has: (entry) => find(entry) !== undefined,
    async place(entry, location) {
      const source = find(entry);
      if (source === undefined) throw missingContent(entry);
      return await source.place(entry, location);
    },
  };
}
