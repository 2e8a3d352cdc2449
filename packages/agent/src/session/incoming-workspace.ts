import { collectPieces, type ExecuteResponse, WIRE_LIMITS } from "@sloth/protocol";
import {
  contentBitmap,
  type LeasedTree,
  ListingBag,
  type Manifest,
  type ManifestEntry,
  type MissingContents,
  receiveContents,
  type ScanRules,
  type Snapshot,
  type StagedContents,
  walkEntries,
} from "@sloth/workspace";
import type { Inbox } from "./inbox.js";
import { stopwatch } from "./stopwatch.js";
import type { TransferEndpoint } from "./transfer-endpoint.js";
import { WorkspaceTooLarge } from "./workspace-too-large.js";

export interface IncomingWorkspaceOptions {
  inbox: Inbox;
  endpoint: TransferEndpoint;
  /** The tree that becomes the workspace. */
  tree: LeasedTree;
  rules: ScanRules;
  keepIgnored: boolean;
  /** Of the files of the workspace together. */
  limitBytes: number;
  signal: AbortSignal;
}

export interface ReceivedWorkspace {
  base: Snapshot;
  /** How long the scan of the tree took, and bringing it to the snapshot. */
  verifyUs: number;
  updateUs: number;
}

type SnapshotFrame = Awaited<ReturnType<Inbox["next"]>> & { $case: "snapshot" };

/** More listings than these are asked for as all there are: their digests would be long themselves. */
const MOST_DIGESTS = 1024;

/**
 * Brings the tree to the snapshot that the master announces; yields the frames that ask for what is lacking. Nothing
 * is asked for when the tree is as announced, or when what was sent along is enough.
 * @throws {WorkspaceTooLarge} before contents are received
 */
export async function* receiveWorkspace(
  options: IncomingWorkspaceOptions,
): AsyncGenerator<ExecuteResponse, ReceivedWorkspace> {
  const { inbox, tree, rules, keepIgnored, limitBytes, signal } = options;
  const verifying = stopwatch();
  // The master takes its snapshot meanwhile.
  const verified = tree.verify({ rules, signal });
  verified.catch(() => {});
  const { snapshot } = await inbox.next("snapshot", signal);
  const current = await verified;
  const verifyUs = verifying();
  requireFits(snapshot.contentBytes, limitBytes);
  if (current.rootDigest === snapshot.rootDigest) {
    inbox.expect(undefined);
    const base = await tree.update(undefined, { keepIgnored, signal });
    return { base, verifyUs, updateUs: verifying() - verifyUs };
  }
  const manifest = yield* receiveManifest(current, snapshot, options);
  inbox.expect(undefined);
  // What was announced is a promise.
  requireFits(contentBytes(manifest), limitBytes);
  const missing = await tree.missing(manifest, signal);
  const contents = yield* receiveMissing(manifest, missing, snapshot, options);
  const updating = stopwatch();
  const base = await tree.update(contents, { keepIgnored, signal });
  await contents?.remove();
  return { base, verifyUs, updateUs: updating() };
}

async function* receiveManifest(
  current: Snapshot,
  { rootDigest, listings }: SnapshotFrame["snapshot"],
  { inbox, signal }: IncomingWorkspaceOptions,
): AsyncGenerator<ExecuteResponse, Manifest> {
  const bag = new ListingBag();
  bag.add(current.encoded);
  bag.add(listings);
  let budgetBytes: number = WIRE_LIMITS.manifestBytes;
  // Once all was sent, what is still missing does not exist; assembling says so.
  for (let missing = bag.missing(rootDigest), all = false; missing.length > 0 && !all; ) {
    all = current.entries === 0 || missing.length > MOST_DIGESTS;
    const sha256 = all ? [] : missing.map((digest) => Buffer.from(digest, "hex"));
    inbox.expect("manifest");
    yield { frame: { $case: "need", need: { all, sha256 } } };
    const nextPiece = async () => (await inbox.next("manifest", signal)).manifest;
    const received = await collectPieces(nextPiece, budgetBytes);
    budgetBytes -= received.length;
    bag.add(received);
    const before = missing.length;
    if (!all) missing = bag.missing(rootDigest);
    // A peer that sends nothing that helps is not asked for ever.
    if (missing.length === before && received.length < 32) break;
  }
  return bag.assemble(rootDigest);
}

async function* receiveMissing(
  manifest: Manifest,
  missing: MissingContents,
  snapshot: SnapshotFrame["snapshot"],
  { endpoint, tree, signal }: IncomingWorkspaceOptions,
): AsyncGenerator<ExecuteResponse, StagedContents | undefined> {
  if (missing.count === 0) return undefined;
  const stagingDir = tree.stagingDirectory;
  const inline = snapshot.inlineSha256.map((digest) => Buffer.from(digest).toString("hex"));
  if (inline.length > 0 && isAmong(missing, new Set(inline))) {
    const expected = inOrderOf(inline, manifest);
    return await receiveContents(once(snapshot.inlineContents), { expected, stagingDir, signal });
  }
  const upload = endpoint.expectUpload({ entries: missing.entries, stagingDir, signal });
  // Watched from the start: it may fail before anybody waits for it.
  upload.catch(() => {});
  const all = missing.count === countContents(manifest);
  const bitmap = all ? new Uint8Array() : contentBitmap(walkEntries(manifest), missing);
  yield { frame: { $case: "missing", missing: { all, bitmap } } };
  return await upload;
}

function requireFits(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes > limitBytes) throw new WorkspaceTooLarge("The workspace", sizeBytes, limitBytes);
}

function contentBytes(manifest: Manifest): number {
  let bytes = 0;
  for (const { sizeBytes } of walkEntries(manifest)) bytes += sizeBytes;
  return bytes;
}

function countContents(manifest: Manifest): number {
  let files = 0;
  for (const { sizeBytes } of walkEntries(manifest)) if (sizeBytes > 0) files++;
  return files;
}

function isAmong(entries: Iterable<ManifestEntry>, digests: ReadonlySet<string>): boolean {
  for (const { digest } of entries) if (!digests.has(digest ?? "")) return false;
  return true;
}

/** One entry of each content, in the order of the contents; of the tree some may be older files with the same content. */
function inOrderOf(digests: readonly string[], manifest: Manifest): ManifestEntry[] {
  const entries = new Map<string, ManifestEntry | undefined>(digests.map((digest) => [digest, undefined]));
  for (const entry of walkEntries(manifest))
    if (entry.digest !== undefined && entries.has(entry.digest)) entries.set(entry.digest, entry);
  return [...entries.values()].filter((entry) => entry !== undefined);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
