/**
 * Snapshots, transfers, merges and atomically applies directory trees; it starts no task, opens no connection, and
 * leaves to its callers which bytes travel when.
 */
export type { ApplyOptions, ApplyResult } from "./apply/apply-changeset.js";
export type { ChangedBy, Conflict } from "./apply/conflict.js";
export type { Permissions } from "./apply/guard.js";
export {
  type ConflictPolicy,
  type MergeInput,
  type MergeResult,
  mergeChangeset,
} from "./apply/merge-changeset.js";
export { WorkspaceError, type WorkspaceErrorCode, type WorkspaceErrorDetails } from "./errors.js";
export { pathMatcher } from "./ignore/path-matcher.js";
export type { KeptAbout, KeptSummary } from "./kept-changes/kept-about.js";
export { type KeptListing, listKept } from "./kept-changes/list-kept.js";
export { type KeptChanges, loadChanges } from "./kept-changes/load-changes.js";
export { type SaveOptions, saveChanges } from "./kept-changes/save-changes.js";
export { discardChanges, markApplied } from "./kept-changes/settle-kept.js";
export {
  DEFAULT_CAPACITY_BYTES,
  KeptTrees,
  type KeptTreesOptions,
  type WorkspaceIdentity,
} from "./kept-trees/kept-trees.js";
export type { LeasedTree } from "./kept-trees/leased-tree.js";
export type { MissingContents } from "./kept-trees/missing-contents.js";
export { removeTree } from "./kept-trees/remove-tree.js";
export { layOut } from "./layout/lay-out.js";
export { DEFAULT_LIMITS, type Limits } from "./limits.js";
export { type AcquireOptions, acquireLock, type Lock, tryAcquireLock } from "./lock/process-lock.js";
export { decodeChangeset, encodeChangeset } from "./manifest/changeset-codec.js";
export { countChanges, diffManifests, patchManifest } from "./manifest/diff.js";
export {
  type Changeset,
  isEmptyChangeset,
  type Manifest,
  type ManifestEntry,
  someEntries,
  walkEntries,
} from "./manifest/entry.js";
export { ListingBag } from "./manifest/listing-bag.js";
export { decodeManifest, encodeManifest, manifestDigest } from "./manifest/manifest-codec.js";
export {
  type OpenOptions,
  openWorkspace,
  type Workspace,
  type WorkspaceSnapshotOptions,
} from "./root/open-workspace.js";
export { ensureStateDirectory } from "./root/state-directory.js";
export { type Capture, captureChanges } from "./snapshot/capture-changes.js";
export { type News, newSince } from "./snapshot/new-since.js";
export type { ScanRules } from "./snapshot/scan-tree.js";
export { restoreSnapshot, type Snapshot } from "./snapshot/snapshot.js";
export { type SnapshotOptions, takeSnapshot } from "./snapshot/take-snapshot.js";
export { warmScanThread } from "./snapshot/warm-scan-thread.js";
export { contentBitmap, entriesOfBitmap } from "./transfer/content-bitmap.js";
export { newContents } from "./transfer/new-contents.js";
export { archiveBytes, type ContentStream, packContents } from "./transfer/pack-contents.js";
export type { TransferSummary } from "./transfer/profile.js";
export { type ReceiveOptions, receiveContents, type StagedContents } from "./transfer/receive-contents.js";
