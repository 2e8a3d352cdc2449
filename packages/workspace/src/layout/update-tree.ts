import { randomUUID } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { TreeCursor } from "../apply/tree-cursor.js";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { type Manifest, type ManifestEntry, sameContent } from "../manifest/entry.js";
import { manifestDigest } from "../manifest/manifest-codec.js";
import { checkPathBelow, comparePaths, nameOf, parentOf } from "../manifest/path-rules.js";
import { Pace } from "../pacing.js";
import { carryIdentities, type Difference, differences } from "../snapshot/diff-indexes.js";
import { identityOf } from "../snapshot/file-identity.js";
import type { KnownEntry } from "../snapshot/index-cursor.js";
import { indexedManifest, makeSnapshot, type Snapshot } from "../snapshot/snapshot.js";
import { type StatIndex, writeRow } from "../snapshot/stat-index.js";
import { hasNewContent } from "../transfer/new-contents.js";
import type { ContentSource } from "./content-source.js";
import { missingContent } from "./missing-content.js";
import { createEmpty, setAttributes } from "./set-attributes.js";
import { settleClock } from "./settle-clock.js";

export interface UpdateOptions {
  /** What the tree is now, by a scan with the rules that its next task has. */
  current: Snapshot;
  /** Default: what it is, without what the scan left out. */
  target?: Manifest | undefined;
  contents: ContentSource;
  /**
   * Takes over a file that is replaced or removed, from its place; nothing else has a link to it. Default: it is
   * unlinked.
   */
  retire?: (entry: ManifestEntry, location: string) => void;
  /** Leave what the rules of the scan left out. Default no: it is removed. */
  keepIgnored?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Brings a tree of ours, in which no task runs, from what it is to another manifest, by the difference. Files get
 * exactly the mode and the time of their entries. Never writes into a file, never follows a link. The returned
 * snapshot is the base for `captureChanges`. After a failure the tree is something in between; a scan tells what.
 * @throws {WorkspaceError} BAD_PATH, MISSING_CONTENT or PROTECTED, before anything is touched; PATH_ESCAPES or IO_FAILED
 */
export async function updateTree(options: UpdateOptions): Promise<Snapshot> {
  const update = new Update(options);
  try {
    return await update.run();
  } finally {
    update.close();
  }
}

/** What its owner needs to change what is in a directory. */
const OWNER_ALL = 0o700;

/** How much more there is after the update. */
interface Counts {
  entries: number;
  contentBytes: number;
}

class Update {
  readonly #options: UpdateOptions;
  readonly #root: string;
  readonly #cursor: TreeCursor;
  readonly #pace: Pace;
  readonly #isFresh: boolean;
  readonly #target: StatIndex;
  readonly #differences: Iterable<Difference>;
  /** Of the target's files, by its rows. */
  #identities: BigInt64Array = new BigInt64Array();
  /** Directories whose modes are to be set at the end. */
  readonly #modes = new Map<string, number>();

  constructor(options: UpdateOptions) {
    this.#options = options;
    this.#root = options.current.root;
    this.#pace = new Pace(options.signal);
    const { current } = options;
    const { entries, skipped, ignored } = current;
    this.#isFresh = entries + skipped.length + ignored.length === 0;
    this.#cursor = new TreeCursor(this.#root);
    const { target } = options;
    this.#target = target === undefined ? current.index : indexedManifest(target).index;
    this.#differences = target === undefined ? [] : differences(current.index, this.#target);
  }

  close(): void {
    this.#cursor.close();
  }

  async run(): Promise<Snapshot> {
    const { current } = this.#options;
    const { removals, counts } = await this.#look();
    if (counts === undefined && this.#leftovers().length === 0) return current;
    this.#identities = carryIdentities(current.index, this.#target, current.entries + (counts?.entries ?? 0));
    for (const path of this.#leftovers()) await this.#each(path, () => this.#removeAll(path));
    for (const entry of removals) await this.#each(entry.path, () => this.#remove(entry));
    for (const { before, after } of this.#differences) {
      if (after !== undefined) await this.#each(after.entry.path, () => this.#put(after, before?.entry));
    }
    for (const [path, mode] of [...this.#modes].sort(([a], [b]) => comparePaths(b, a))) {
      await this.#each(path, () => chmodSync(this.#locate(path), mode));
    }
    return await this.#result(counts);
  }

  /** Checks everything before anything is touched; what is to go comes deepest first, also what changes its kind. */
  async #look(): Promise<{ removals: ManifestEntry[]; counts: Counts | undefined }> {
    const removals: ManifestEntry[] = [];
    let counts: Counts | undefined;
    for (const { before, after } of this.#differences) {
      if (this.#pace.isDue()) await this.#pace.rest();
      counts ??= { entries: 0, contentBytes: 0 };
      counts.entries += (after ? 1 : 0) - (before ? 1 : 0);
      counts.contentBytes += (after?.entry.sizeBytes ?? 0) - (before?.entry.sizeBytes ?? 0);
      if (after !== undefined) this.#check(after.entry, before?.entry);
      if (before !== undefined && after?.entry.kind !== before.entry.kind) removals.push(before.entry);
    }
    return { removals: removals.reverse(), counts };
  }

  #check(after: ManifestEntry, before: ManifestEntry | undefined): void {
    checkPathBelow(this.#root, after.path);
    if (nameOf(after.path) === ".sloth") throw neverSent(after.path);
    if (hasNewContent(before, after) && !this.#options.contents.has(after)) throw missingContent(after);
  }

  async #result(counts: Counts | undefined): Promise<Snapshot> {
    const { current } = this.#options;
    await settleClock(this.#root, this.#identities);
    const { encoded } = this.#target;
    return makeSnapshot({
      root: this.#root,
      rootDigest: manifestDigest(encoded),
      index: { encoded, identities: this.#identities },
      entries: current.entries + (counts?.entries ?? 0),
      contentBytes: current.contentBytes + (counts?.contentBytes ?? 0),
    });
  }

  /** What no manifest names: sockets and the like, and what was ignored. */
  #leftovers(): readonly string[] {
    const { current, keepIgnored } = this.#options;
    return keepIgnored ? current.skipped : [...current.skipped, ...current.ignored];
  }

  #remove(entry: ManifestEntry): void {
    if (entry.kind === "directory") this.#removeAll(entry.path);
    else this.#retire(entry);
  }

  /** The file goes to whoever wants it, or away. */
  #retire(entry: ManifestEntry): void {
    const location = this.#locateToChange(entry.path);
    const { retire } = this.#options;
    const isWanted = retire !== undefined && entry.kind === "file" && entry.sizeBytes > 0;
    if (isWanted && lstatSync(location).nlink === 1) retire(entry, location);
    else unlinkSync(location);
  }

  /** With what no manifest names: it is in a directory that goes. */
  #removeAll(path: string): void {
    const location = this.#locateToChange(path);
    const stats = lstatSync(location, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (!stats.isDirectory()) {
      unlinkSync(location);
      return;
    }
    const directory = this.#openUp(path, stats);
    for (const name of readdirSync(directory)) this.#removeAll(`${path}/${name}`);
    this.#cursor.leave(path);
    this.#modes.delete(path);
    rmdirSync(this.#locate(path));
  }

  async #put({ entry, row }: KnownEntry, before: ManifestEntry | undefined): Promise<void> {
    const { path } = entry;
    if (entry.kind === "directory") {
      if (before?.kind !== "directory") mkdirSync(this.#locateToChange(path), OWNER_ALL);
      this.#modes.set(path, entry.mode);
      return;
    }
    if (before !== undefined && before.kind === entry.kind) {
      if (entry.kind === "file" && sameContent(entry, before)) return this.#change(entry, row);
      this.#retire(before);
    }
    await this.#create(entry, row);
  }

  /** Another mode or time; for a file of its own, if something outside the tree may have a link to this one. */
  #change(entry: ManifestEntry, row: number): void {
    const location = this.#locateToChange(entry.path);
    if (lstatSync(location).nlink > 1) {
      const copy = `${parentOf(location)}/.sloth-${randomUUID()}`;
      copyFileSync(location, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      renameSync(copy, location);
    }
    setAttributes(location, entry);
    this.#note(row, location);
  }

  async #create(entry: ManifestEntry, row: number): Promise<void> {
    const location = this.#locateToChange(entry.path);
    if (entry.kind === "symlink") {
      symlinkSync(entry.target ?? "", location);
      return;
    }
    const isReady = entry.sizeBytes > 0 && (await this.#options.contents.place(entry, location));
    if (entry.sizeBytes === 0) createEmpty(location);
    if (!isReady) setAttributes(location, entry);
    this.#note(row, location);
  }

  #note(row: number, location: string): void {
    writeRow(this.#identities, row, identityOf(lstatSync(location, { bigint: true })));
  }

  /** In a tree that was empty, everything is ours, and there is no link that a path could lead through. */
  #locate(path: string): string {
    return this.#isFresh ? `${this.#root}/${path}` : this.#cursor.locate(path);
  }

  /** Makes the directory that it is in writable for the time being, as its owner may. */
  #locateToChange(path: string): string {
    if (this.#isFresh) return this.#locate(path);
    const parent = parentOf(path);
    if (parent !== "" && !this.#modes.has(parent)) {
      const location = this.#cursor.enter(parent);
      this.#openUp(parent, lstatSync(`${location}/.`));
    }
    return this.#cursor.locate(path);
  }

  #openUp(path: string, { mode }: Stats): string {
    const permissions = mode & 0o777;
    if (!this.#modes.has(path)) this.#modes.set(path, permissions);
    if ((permissions & OWNER_ALL) !== OWNER_ALL)
      chmodSync(this.#cursor.locate(path), permissions | OWNER_ALL);
    return this.#cursor.enter(path);
  }

  async #each(path: string, step: () => void | Promise<void>): Promise<void> {
    if (this.#pace.isDue()) await this.#pace.rest();
    try {
      await step();
    } catch (cause) {
      if (cause instanceof WorkspaceError || systemCode(cause) === undefined) throw cause;
      const message = `Cannot bring ${quote(nameOf(path))} up to date in ${quote(parentOf(path) || ".")}: ${systemReason(cause)}.`;
      throw new WorkspaceError("IO_FAILED", message, { path, cause });
    }
  }
}

function neverSent(path: string): WorkspaceError {
  const message = `The tree holds ${quote(path)}, which is never sent. Nothing was laid out.`;
  return new WorkspaceError("PROTECTED", message, { path });
}
