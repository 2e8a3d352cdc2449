import { encodeChangeset } from "../manifest/changeset-codec.js";
import { diffIndexes } from "./diff-indexes.js";
import { readIndexFile, removeIndexDraft, writeIndexFile } from "./index-file.js";
import { type Scan, type ScanRules, scanTree } from "./scan-tree.js";
import { EMPTY_INDEX, isSameTree, type StatIndex } from "./stat-index.js";

/** One scan to do on another thread. Plain data. */
export interface ScanJob {
  root: string;
  rules?: ScanRules | undefined;
  /** What is known of the tree, given or in a file; the file is brought up to date. */
  known?: StatIndex | undefined;
  indexFile?: string | undefined;
  /** What is given as known is what the file has. */
  isIndexed?: boolean | undefined;
  /** For a tree that was sent: take all that was in it, and tell what changed. */
  isCapture?: boolean;
}

export interface ScanAnswer extends Scan {
  /** Of a capture: the encoded changeset, unless nothing changed. */
  changeset?: Uint8Array | undefined;
  /** Whether the tree is what was known before, identities aside. */
  isAsBefore: boolean;
  /** Of a capture: the index is the one that was given, and is not sent back. */
  isKnown?: boolean;
  /** If not, the encoded tree that was known before, to tell what is new since; not of a capture. */
  before?: Uint8Array | undefined;
}

/** Does it; synchronous. @throws {WorkspaceError} as scanTree does */
export function runScanJob(job: ScanJob, checkpoint: () => void): ScanAnswer {
  const { root, rules, indexFile, isCapture = false } = job;
  const before = job.known ?? (indexFile === undefined ? undefined : readIndexFile(indexFile, root));
  const scan = scanTree(root, { rules, known: before, takeKnown: isCapture, checkpoint });
  const isAsBefore = before !== undefined && isSameTree(before, scan);
  const isUnchanged = isAsBefore && isSameRows(before, scan);
  const isInFile = (job.known === undefined || job.isIndexed === true) && isUnchanged;
  if (indexFile !== undefined && !isInFile) writeIndexFile(indexFile, root, scan);
  else if (indexFile !== undefined && job.known === undefined) removeIndexDraft(indexFile);
  if (!isCapture) return { ...scan, isAsBefore, before: isAsBefore ? undefined : before?.encoded };
  if (isUnchanged && job.known !== undefined)
    return { ...scan, isAsBefore, isKnown: true, encoded: new Uint8Array(), identities: new BigInt64Array() };
  const changed = isAsBefore ? undefined : diffIndexes(before ?? EMPTY_INDEX, scan);
  return { ...scan, isAsBefore, changeset: changed && encodeChangeset(changed) };
}

function isSameRows(a: StatIndex, b: StatIndex): boolean {
  return bytesOf(a.identities).equals(bytesOf(b.identities));
}

function bytesOf(rows: BigInt64Array): Buffer {
  return Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
}
