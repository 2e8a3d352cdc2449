/**
 * Snapshots, transfers, merges and atomically applies directory trees; it starts no task, opens no connection, and
 * leaves to its callers which bytes travel when.
 */
export type { ApplyOptions, ApplyResult } from "./apply/apply-changeset.js";
export type { Conflict } from "./apply/conflict.js";
export { type MergeInput, type MergeResult, mergeChangeset } from "./apply/merge-changeset.js";
export { WorkspaceError, type WorkspaceErrorCode, type WorkspaceErrorDetails } from "./errors.js";
export { IGNORE_FILE_NAMES, type IgnoreRules, rootRules } from "./ignore/ignore-rules.js";
export { pathMatcher } from "./ignore/path-matcher.js";
export { layOut } from "./layout/lay-out.js";
export { DEFAULT_LIMITS, type Limits } from "./limits.js";
export { decodeChangeset, encodeChangeset } from "./manifest/changeset-codec.js";
export { countChanges, diffManifests, patchManifest } from "./manifest/diff.js";
export type { Changeset, Manifest, ManifestEntry } from "./manifest/entry.js";
export { decodeManifest, encodeManifest, manifestDigest } from "./manifest/manifest-codec.js";
export { openWorkspace, type Workspace } from "./root/open-workspace.js";
export { captureChanges } from "./snapshot/capture-changes.js";
export type { Snapshot } from "./snapshot/snapshot.js";
export { takeSnapshot } from "./snapshot/take-snapshot.js";
export { newContents } from "./transfer/new-contents.js";
export { type ContentStream, packContents } from "./transfer/pack-contents.js";
export type { TransferSummary } from "./transfer/profile.js";
export { type ReceiveOptions, receiveContents, type StagedContents } from "./transfer/receive-contents.js";
