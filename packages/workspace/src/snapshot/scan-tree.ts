import type { BigIntStats } from "node:fs";
import { WorkspaceError } from "../errors.js";
import { IGNORE_FILE_NAMES, type IgnoreRules, rootRules } from "../ignore/ignore-rules.js";
import type { ManifestEntry } from "../manifest/entry.js";
import { encodeListing, type Listing } from "../manifest/listing.js";
import { joinListings } from "../manifest/manifest-codec.js";
import { checkPathIn, type ValidDirectory, validDirectory } from "../manifest/path-rules.js";
import { fileEntry } from "./file-entry.js";
import { type FileIdentity, identityOf, sameIdentity } from "./file-identity.js";
import { IndexCursor, type KnownEntry } from "./index-cursor.js";
import { directoryIdentity, listNames, readStats, readTarget, readText } from "./read-directory.js";
import { FileReader, fileChanged } from "./read-file.js";
import { EMPTY_INDEX, ROW, type StatIndex, writeRow } from "./stat-index.js";

/** What a scan leaves out, besides `.sloth`. Plain data. */
export interface ScanRules {
  /** Patterns as in a `.slothignore` of the root, with precedence over all files. */
  patterns?: readonly string[];
  /** Heed `.gitignore` files too. Default no; `.slothignore` files always are. */
  gitignore?: boolean;
  /** Take `.git` along. Default no. */
  includeGit?: boolean;
}

export interface ScanOptions {
  rules?: ScanRules | undefined;
  /** The tree as it was read before; what still has its identity is not read again. */
  known?: StatIndex | undefined;
  /** Whatever is in `known` is taken, also if the rules name it: to find what became of a tree that was sent. */
  takeKnown?: boolean;
  /** Called before each directory and between the pieces of a file; stops the scan by throwing. */
  checkpoint?: () => void;
}

/** What a scan found; flat, as it passes between threads. */
export interface Scan extends StatIndex {
  rootDigest: string;
  /** Entries of the manifest. */
  entries: number;
  /** The sizes of its files together. */
  contentBytes: number;
  /** Paths of sockets, FIFOs and devices, which are not carried. */
  skipped: string[];
  /** Paths that the rules leave out, without what is below them. */
  ignored: string[];
  /** How many files were read. */
  filesRead: number;
}

/** What changed less than this before the scan is read again next time: its clock tick may not be over. Git's "racy" rule. */
const RACY_NS = 2_000_000_000n;

/**
 * Reads a tree, synchronously: every path with kind, mode, time and the digest of its content. Never follows a link.
 * What vanishes while it is looked at is not there; a file that changes is read again, up to three times.
 *
 * Not guaranteed: that all of it is of one moment. And whoever swaps a directory for a link and back while it is
 * scanned may have read what the link points to; a swap that lasts is noticed.
 * @throws {WorkspaceError} UNREADABLE, BAD_PATH, EXTERNAL_LINK or FILE_CHANGED, naming the path
 */
export function scanTree(root: string, options: ScanOptions = {}): Scan {
  return new Scanner(root, options).run();
}

interface Seen {
  entry: ManifestEntry;
  /** By which it will be recognised; absent when it cannot be. */
  identity: FileIdentity | undefined;
}

/** What an entry is judged by. */
interface Surroundings {
  directory: ValidDirectory;
  known: KnownEntry | undefined;
  rules: IgnoreRules;
}

class Scanner {
  readonly #root: string;
  readonly #options: ScanOptions;
  readonly #known: IndexCursor;
  readonly #reader = new FileReader();
  readonly #settledBeforeNs = BigInt(Date.now()) * 1_000_000n - RACY_NS;
  readonly #listings: Listing[] = [];
  readonly #rows: BigInt64Array[] = [];
  readonly #counts = { entries: 0, contentBytes: 0, filesRead: 0 };
  readonly #skipped: string[] = [];
  readonly #ignored: string[] = [];

  constructor(root: string, options: ScanOptions) {
    this.#root = root;
    this.#options = options;
    this.#known = new IndexCursor(options.known ?? EMPTY_INDEX);
  }

  run(): Scan {
    const { digest } = this.#directory("", this.#known.root, undefined);
    return {
      encoded: joinListings(this.#listings),
      identities: concatenate(this.#rows),
      rootDigest: digest,
      ...this.#counts,
      skipped: this.#skipped,
      ignored: this.#ignored,
    };
  }

  #directory(path: string, listing: number | undefined, above: IgnoreRules | undefined): Listing {
    this.#options.checkpoint?.();
    // Its own place comes before those of the directories in it.
    const slot = this.#listings.push({ bytes: new Uint8Array(), digest: "" }) - 1;
    const location = `${this.#root}/${path}`;
    const identity = directoryIdentity(location, path);
    const names = listNames(location, path);
    const rules = this.#rulesIn(path, names, above);
    const known = this.#known.directory(listing, path);
    const directory = validDirectory(path);
    const seen: Seen[] = [];
    const subdirectories: string[] = [];
    for (const name of names) {
      const child = path === "" ? name : `${path}/${name}`;
      const before = known.find(name);
      const found = this.#look(child, name, { directory, known: before, rules });
      if (found === undefined) continue;
      seen.push(found);
      if (found.entry.kind === "directory") {
        subdirectories.push(this.#directory(child, before?.listing, rules).digest);
      }
    }
    if (directoryIdentity(location, path) !== identity)
      throw fileChanged(path, "was replaced while it was read");
    this.#keepRows(slot, seen);
    const result = encodeListing({ entries: seen.map(({ entry }) => entry), subdirectories });
    this.#listings[slot] = result;
    return result;
  }

  #rulesIn(path: string, names: readonly string[], above: IgnoreRules | undefined): IgnoreRules {
    const { patterns, gitignore } = this.#options.rules ?? {};
    const files = gitignore ? IGNORE_FILE_NAMES.withGit : IGNORE_FILE_NAMES.withoutGit;
    const texts = files
      .filter((name) => names.includes(name))
      .map((name) => {
        const file = path === "" ? name : `${path}/${name}`;
        return readText(`${this.#root}/${file}`, file);
      });
    if (above === undefined) return rootRules({ patterns: patterns ?? [], files: texts });
    return above.enter(path.slice(path.lastIndexOf("/") + 1), texts);
  }

  #look(path: string, name: string, { directory, known, rules }: Surroundings): Seen | undefined {
    const location = `${this.#root}/${path}`;
    const stats = readStats(location, path);
    if (stats === undefined) return undefined;
    const isKept = this.#options.takeKnown && known !== undefined;
    if (this.#isExcluded(name) || (!isKept && rules.ignores(name, stats.isDirectory()))) {
      this.#ignored.push(path);
      return undefined;
    }
    checkPathIn(directory, name);
    if (stats.isFile()) return this.#file(path, location, stats, known);
    const none = { path, mode: Number(stats.mode & 0o777n), mtimeUs: 0, sizeBytes: 0 };
    if (stats.isDirectory()) return { entry: { ...none, kind: "directory" }, identity: undefined };
    if (stats.isSymbolicLink()) {
      const target = readTarget(location, path);
      return { entry: { ...none, kind: "symlink", mode: 0, target }, identity: undefined };
    }
    this.#skipped.push(path);
    return undefined;
  }

  /** Our own state everywhere, and git's unless it is asked for. */
  #isExcluded(name: string): boolean {
    return name === ".sloth" || (name === ".git" && !this.#options.rules?.includeGit);
  }

  #file(path: string, location: string, stats: BigIntStats, known: KnownEntry | undefined): Seen | undefined {
    const identity = identityOf(stats);
    const isAsKnown = known?.identity !== undefined && sameIdentity(known.identity, identity);
    const digest = isAsKnown ? known.entry.digest : undefined;
    if (digest !== undefined) return { entry: fileEntry(path, identity, digest), identity };
    return this.#read(path, location);
  }

  #read(path: string, location: string): Seen | undefined {
    this.#counts.filesRead++;
    try {
      const { digest, identity } = this.#drive(this.#reader.hash(location, path));
      const isSettled = identity.ctimeNs < this.#settledBeforeNs;
      return { entry: fileEntry(path, identity, digest), identity: isSettled ? identity : undefined };
    } catch (cause) {
      const isGone = cause instanceof WorkspaceError && cause.code === "FILE_CHANGED";
      if (isGone && readStats(location, path) === undefined) return undefined;
      throw cause;
    }
  }

  #drive<T>(steps: Generator<void, T>): T {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      this.#checkpointIn(steps);
    }
  }

  #checkpointIn(steps: Generator<void, unknown>): void {
    try {
      this.#options.checkpoint?.();
    } catch (cause) {
      steps.throw(cause);
    }
  }

  #keepRows(slot: number, seen: readonly Seen[]): void {
    const rows = new BigInt64Array(seen.length * ROW);
    for (const [row, { entry, identity }] of seen.entries()) {
      this.#counts.contentBytes += entry.sizeBytes;
      if (identity !== undefined) writeRow(rows, row, identity);
    }
    this.#counts.entries += seen.length;
    this.#rows[slot] = rows;
  }
}

function concatenate(parts: readonly BigInt64Array[]): BigInt64Array {
  const whole = new BigInt64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
