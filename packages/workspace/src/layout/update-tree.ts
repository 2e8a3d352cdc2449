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
import { diffManifests } from "../manifest/diff.js";
import {
  type Changeset,
  indexByPath,
  isEmptyChangeset,
  type Manifest,
  type ManifestEntry,
  sameContent,
} from "../manifest/entry.js";
import { comparePaths, nameOf, parentOf } from "../manifest/path-rules.js";
import { Pace } from "../pacing.js";
import { type FileIdentity, identityOf } from "../snapshot/file-identity.js";
import { indexOf, makeSnapshot, type Snapshot } from "../snapshot/snapshot.js";
import { newContents } from "../transfer/new-contents.js";
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
 * @throws {WorkspaceError} MISSING_CONTENT or PROTECTED, before anything is touched; PATH_ESCAPES or IO_FAILED
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

const NO_CHANGE: Changeset = { upserts: [], deletions: [] };

class Update {
  readonly #options: UpdateOptions;
  readonly #root: string;
  readonly #cursor: TreeCursor;
  readonly #pace: Pace;
  readonly #isFresh: boolean;
  #indexed: ReadonlyMap<string, ManifestEntry> | undefined;
  readonly #identities = new Map<string, FileIdentity>();
  /** Directories whose modes are to be set at the end. */
  readonly #modes = new Map<string, number>();

  constructor(options: UpdateOptions) {
    this.#options = options;
    this.#root = options.current.root;
    this.#pace = new Pace(options.signal);
    const { entries, skipped, ignored } = options.current;
    this.#isFresh = entries + skipped.length + ignored.length === 0;
    this.#cursor = new TreeCursor(this.#root);
  }

  close(): void {
    this.#cursor.close();
  }

  get #before(): ReadonlyMap<string, ManifestEntry> {
    this.#indexed ??= indexByPath(this.#options.current.manifest.entries);
    return this.#indexed;
  }

  async run(): Promise<Snapshot> {
    const { current, target, contents } = this.#options;
    const changes = target === undefined ? NO_CHANGE : diffManifests(current.manifest, target);
    if (isEmptyChangeset(changes) && this.#leftovers().length === 0) return current;
    const { upserts, deletions } = changes;
    for (const { path } of upserts) if (nameOf(path) === ".sloth") throw neverSent(path);
    for (const entry of newContents(current.manifest, changes)) {
      if (!contents.has(entry)) throw missingContent(entry);
    }
    for (const path of this.#leftovers()) await this.#each(path, () => this.#removeAll(path));
    for (const path of this.#removals(upserts, deletions)) await this.#each(path, () => this.#remove(path));
    for (const entry of upserts) await this.#each(entry.path, () => this.#put(entry));
    for (const [path, mode] of [...this.#modes].sort(([a], [b]) => comparePaths(b, a))) {
      await this.#each(path, () => chmodSync(this.#locate(path), mode));
    }
    return this.#result();
  }

  async #result(): Promise<Snapshot> {
    const settled = await settleClock(this.#root, this.#identities);
    const { current, target = current.manifest } = this.#options;
    const before = current.identities;
    const identify = (path: string) => (this.#identities.has(path) ? settled.get(path) : before.get(path));
    return makeSnapshot({ root: this.#root, ...indexOf(target, identify) });
  }

  /** What no manifest names: sockets and the like, and what was ignored. */
  #leftovers(): readonly string[] {
    const { current, keepIgnored } = this.#options;
    return keepIgnored ? current.skipped : [...current.skipped, ...current.ignored];
  }

  /** Deepest first; also what changes its kind. */
  #removals(upserts: readonly ManifestEntry[], deletions: readonly string[]): string[] {
    const changed = upserts.filter(({ path, kind }) => (this.#before.get(path)?.kind ?? kind) !== kind);
    return [...deletions, ...changed.map(({ path }) => path)].sort(comparePaths).reverse();
  }

  #remove(path: string): void {
    const entry = this.#before.get(path);
    if (entry?.kind === "directory") this.#removeAll(path);
    else if (entry !== undefined) this.#retire(entry);
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

  async #put(entry: ManifestEntry): Promise<void> {
    const { path } = entry;
    const before = this.#before.get(path);
    if (entry.kind === "directory") {
      if (before?.kind !== "directory") mkdirSync(this.#locateToChange(path), OWNER_ALL);
      this.#modes.set(path, entry.mode);
      return;
    }
    if (before !== undefined && before.kind === entry.kind) {
      if (entry.kind === "file" && sameContent(entry, before)) return this.#change(entry);
      this.#retire(before);
    }
    await this.#create(entry);
  }

  /** Another mode or time; for a file of its own, if something outside the tree may have a link to this one. */
  #change(entry: ManifestEntry): void {
    const location = this.#locateToChange(entry.path);
    if (lstatSync(location).nlink > 1) {
      const copy = `${parentOf(location)}/.sloth-${randomUUID()}`;
      copyFileSync(location, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      renameSync(copy, location);
    }
    this.#setAttributes(entry);
  }

  async #create(entry: ManifestEntry): Promise<void> {
    const location = this.#locateToChange(entry.path);
    if (entry.kind === "symlink") {
      symlinkSync(entry.target ?? "", location);
      return;
    }
    const isReady = entry.sizeBytes > 0 && (await this.#options.contents.place(entry, location));
    if (entry.sizeBytes === 0) createEmpty(location);
    if (!isReady) setAttributes(location, entry);
    this.#note(entry, location);
  }

  #setAttributes(entry: ManifestEntry): void {
    const location = this.#locate(entry.path);
    setAttributes(location, entry);
    this.#note(entry, location);
  }

  #note(entry: ManifestEntry, location: string): void {
    this.#identities.set(entry.path, identityOf(lstatSync(location, { bigint: true })));
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
