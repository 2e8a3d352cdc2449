import type { BigIntStats } from "node:fs";
import { WorkspaceError } from "../errors.js";
import { IGNORE_FILE_NAMES, type IgnoreRules, rootRules } from "../ignore/ignore-rules.js";
import { type ManifestEntry, sameEntry } from "../manifest/entry.js";
import { encodeListing, type Listing, listingDigest } from "../manifest/listing.js";
import { joinListings } from "../manifest/manifest-codec.js";
import { checkPathIn, type ValidDirectory, validDirectory } from "../manifest/path-rules.js";
import { fileEntry } from "./file-entry.js";
import type { FileIdentity } from "./file-identity.js";
import { IndexCursor, type KnownDirectory, type KnownEntry } from "./index-cursor.js";
import { directoryPlace, listNames, placeOf, readStats, readTarget, readText } from "./read-directory.js";
import { FileReader, fileChanged } from "./read-file.js";
import { copyRow, EMPTY_INDEX, ROW, type StatIndex, writeRow } from "./stat-index.js";

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
  /** Called before each entry and between the pieces of a file; stops the scan by throwing. */
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
  identity?: FileIdentity | undefined;
  /** Where it is known from, when nothing about it is new. */
  known?: KnownEntry | undefined;
  /** Of a directory: which one it is, and the digest of its listing. */
  place?: string;
  below?: string;
}

/** A directory to be read. */
interface Visit {
  path: string;
  /** Which directory was found there. */
  place: string;
  /** What is known of it, which for the root stands nowhere. */
  before: KnownEntry | undefined;
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
    const place = directoryPlace(`${this.#root}/`, "");
    const { digest } = this.#directory({ path: "", place, before: undefined }, undefined);
    return {
      encoded: joinListings(this.#listings),
      identities: concatenate(this.#rows),
      rootDigest: digest,
      ...this.#counts,
      skipped: this.#skipped,
      ignored: this.#ignored,
    };
  }

  #directory({ path, place, before }: Visit, above: IgnoreRules | undefined): Listing {
    // Its own place comes before those of the directories in it.
    const slot = this.#listings.push({ bytes: new Uint8Array(), digest: "" }) - 1;
    const known = this.#known.directory(path === "" ? this.#known.root : before?.listing, path);
    const seen = this.#children(path, known, above);
    if (directoryPlace(`${this.#root}/${path}`, path) !== place)
      throw fileChanged(path, "was replaced while it was read");
    this.#keepRows(slot, seen);
    const listing = isAsKnown(seen, known) ? knownListing(known, before) : listingOf(seen);
    this.#listings[slot] = listing;
    return listing;
  }

  #children(path: string, known: KnownDirectory, above: IgnoreRules | undefined): Seen[] {
    const names = listNames(`${this.#root}/${path}`, path);
    const rules = this.#rulesIn(path, names, above);
    const directory = validDirectory(path);
    const seen: Seen[] = [];
    for (const name of names) {
      this.#options.checkpoint?.();
      const child = path === "" ? name : `${path}/${name}`;
      const before = known.find(name);
      const found = this.#look(child, name, { directory, known: before, rules });
      if (found === undefined) continue;
      seen.push(found);
      if (found.place === undefined) continue;
      found.below = this.#directory({ path: child, place: found.place, before }, rules).digest;
      if (found.below !== before?.listingDigest) found.known = undefined;
    }
    return seen;
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
    if (stats.isDirectory()) {
      const mode = Number(stats.mode & 0o777n);
      const seen = seenAs({ path, kind: "directory", mode, mtimeUs: 0, sizeBytes: 0 }, known);
      return { ...seen, place: placeOf(stats) };
    }
    if (stats.isSymbolicLink()) {
      const target = readTarget(location, path);
      return seenAs({ path, kind: "symlink", mode: 0, mtimeUs: 0, sizeBytes: 0, target }, known);
    }
    this.#skipped.push(path);
    return undefined;
  }

  /** Our own state everywhere, and git's unless it is asked for. */
  #isExcluded(name: string): boolean {
    return name === ".sloth" || (name === ".git" && !this.#options.rules?.includeGit);
  }

  #file(path: string, location: string, stats: BigIntStats, known: KnownEntry | undefined): Seen | undefined {
    if (known === undefined || !this.#known.isSameFile(known, stats)) return this.#read(path, location);
    return { entry: known.entry, known };
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
    for (const [row, { entry, identity, known }] of seen.entries()) {
      this.#counts.contentBytes += entry.sizeBytes;
      if (known !== undefined) copyRow(this.#known.identities, known.row, rows, row);
      else if (identity !== undefined) writeRow(rows, row, identity);
    }
    this.#counts.entries += seen.length;
    this.#rows[slot] = rows;
  }
}

/** A directory or a symlink, which its entry tells all of. */
function seenAs(entry: ManifestEntry, known: KnownEntry | undefined): Seen {
  return known !== undefined && sameEntry(known.entry, entry) ? { entry: known.entry, known } : { entry };
}

/** Whether nothing in a directory is new and nothing gone. */
function isAsKnown(seen: readonly Seen[], known: KnownDirectory): boolean {
  return (
    known.listing !== undefined &&
    seen.length === known.entries.length &&
    seen.every((found) => found.known !== undefined)
  );
}

function knownListing({ listing }: KnownDirectory, before: KnownEntry | undefined): Listing {
  const bytes = listing ?? new Uint8Array();
  return { bytes, digest: before?.listingDigest ?? listingDigest(bytes) };
}

function listingOf(seen: readonly Seen[]): Listing {
  return encodeListing({
    entries: seen.map(({ entry }) => entry),
    subdirectories: seen.flatMap(({ below }) => below ?? []),
  });
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
