import { type BigIntStats, lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { systemCode } from "../errors.js";
import { type Changeset, indexByPath, type Manifest, type ManifestEntry } from "../manifest/entry.js";
import { addWithAncestors, comparePaths, parentOf } from "../manifest/path-rules.js";
import type { Pace } from "../pacing.js";
import { type KnownDigest, knownFrom } from "../snapshot/capture-changes.js";
import { fileEntry } from "../snapshot/file-entry.js";
import { type FileIdentity, identityOf } from "../snapshot/file-identity.js";
import { FileHasher } from "../snapshot/read-file.js";
import type { IdentityLookup } from "../snapshot/snapshot.js";
import type { TreeCursor } from "./tree-cursor.js";

/** What was sent: a snapshot, or what was kept of one. */
export interface Base {
  readonly root: string;
  readonly manifest: Manifest;
  /** Of files that need not be read again while their identity stays. */
  readonly identities?: IdentityLookup;
}

/** What stands in the tree now where a changeset touches it: the `ours` of a merge, and how to recognise it again. */
export interface Observation {
  ours: Map<string, ManifestEntry>;
  identities: Map<string, FileIdentity>;
  rootMode: number;
  /** Directories on another file system than the root. */
  mounts: Set<string>;
}

/** Looks at every path that the changeset touches, at all above it, and into the directories that it removes. */
export async function observe(
  cursor: TreeCursor,
  base: Base,
  changeset: Changeset,
  pace: Pace,
): Promise<Observation> {
  const observer = new Observer(cursor, base, pace);
  const upserts = indexByPath(changeset.upserts);
  const deletions = new Set(changeset.deletions);
  for (const path of pathsToSee(changeset)) {
    if (pace.isDue()) await pace.rest();
    await observer.look(path);
    const isRemoved = deletions.has(path) || (upserts.get(path)?.kind ?? "directory") !== "directory";
    if (isRemoved) observer.lookInto(path);
  }
  return observer;
}

function pathsToSee({ upserts, deletions }: Changeset): string[] {
  const paths = new Set<string>();
  for (const { path } of upserts) addWithAncestors(paths, path);
  for (const path of deletions) addWithAncestors(paths, path);
  return [...paths].sort(comparePaths);
}

class Observer implements Observation {
  readonly ours = new Map<string, ManifestEntry>();
  readonly identities = new Map<string, FileIdentity>();
  readonly rootMode: number;
  readonly mounts = new Set<string>();
  readonly #rootDevice: bigint;
  readonly #cursor: TreeCursor;
  readonly #known: KnownDigest;
  readonly #hasher: FileHasher;

  constructor(cursor: TreeCursor, base: Base, pace: Pace) {
    this.#cursor = cursor;
    const root = statSync(cursor.enter(""), { bigint: true });
    this.rootMode = Number(root.mode);
    this.#rootDevice = root.dev;
    this.#known = knownFrom(base);
    this.#hasher = new FileHasher(pace);
  }

  async look(path: string): Promise<void> {
    const parent = parentOf(path);
    if (parent !== "" && this.ours.get(parent)?.kind !== "directory") return;
    const location = this.#cursor.locate(path);
    const stats = statOrMissing(location);
    if (stats === undefined) return;
    if (stats.isDirectory() && stats.dev !== this.#rootDevice) this.mounts.add(path);
    const identity = identityOf(stats);
    this.identities.set(path, identity);
    this.ours.set(
      path,
      stats.isFile() ? await this.#file(path, location, identity) : entryOf(path, stats, location),
    );
  }

  /** Notes what is in a directory, without its content: it only matters that it is there. */
  lookInto(directory: string): void {
    if (this.ours.get(directory)?.kind !== "directory") return;
    const location = this.#cursor.enter(directory);
    for (const name of readdirSync(location)) {
      const path = `${directory}/${name}`;
      const stats = this.ours.has(path) ? undefined : statOrMissing(`${location}/${name}`);
      if (stats !== undefined) this.ours.set(path, entryOf(path, stats, `${location}/${name}`));
    }
  }

  async #file(path: string, location: string, identity: FileIdentity): Promise<ManifestEntry> {
    const known = this.#known(path, identity);
    if (known !== undefined) return fileEntry(path, identity, known);
    const hashed = await this.#hasher.hash(location, path);
    this.identities.set(path, hashed.identity);
    return fileEntry(path, hashed.identity, hashed.digest);
  }
}

/** Anything but a directory or a symlink becomes a file without a digest, which equals nothing. */
function entryOf(path: string, stats: BigIntStats, location: string): ManifestEntry {
  const none = { path, mode: Number(stats.mode & 0o777n), mtimeUs: 0, sizeBytes: 0 };
  if (stats.isDirectory()) return { ...none, kind: "directory" };
  if (stats.isSymbolicLink()) return { ...none, kind: "symlink", mode: 0, target: readlinkSync(location) };
  return { ...none, kind: "file" };
}

function statOrMissing(location: string): BigIntStats | undefined {
  try {
    return lstatSync(location, { bigint: true });
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
