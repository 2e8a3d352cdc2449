import { join } from "node:path";
import { collectPieces, type ExecuteResponse, requireDigest, WIRE_LIMITS } from "@sloth/protocol";
import {
  decodeManifest,
  encodeManifest,
  layOut,
  type Manifest,
  manifestDigest,
  newContents,
  type Snapshot,
  type StagedContents,
} from "@sloth/workspace";
import type { Inbox } from "./inbox.js";
import type { TransferEndpoint } from "./transfer-endpoint.js";

export interface IncomingWorkspaceOptions {
  inbox: Inbox;
  endpoint: TransferEndpoint;
  /** Makes the attempt's private directory. */
  makeDirectory(): Promise<string>;
  signal: AbortSignal;
}

const emptyManifest: Manifest = { entries: [] };
const emptyDigest = manifestDigest(encodeManifest(emptyManifest));

/** Receives the snapshot that the master announces and lays it out; yields the frames that ask for it. */
export async function* receiveWorkspace(
  options: IncomingWorkspaceOptions,
): AsyncGenerator<ExecuteResponse, Snapshot> {
  const { inbox, signal } = options;
  const { snapshot } = await inbox.next("snapshot");
  const manifest = yield* receiveManifest(inbox, snapshot.rootDigest);
  inbox.expect(undefined);
  const directory = await options.makeDirectory();
  const contents = yield* receiveContents(manifest, join(directory, "staging"), options);
  const laidOut = await layOut(manifest, contents, join(directory, "tree"), { signal });
  await contents?.remove();
  return laidOut;
}

async function* receiveManifest(inbox: Inbox, rootDigest: string): AsyncGenerator<ExecuteResponse, Manifest> {
  const held = rootDigest === emptyDigest;
  inbox.expect(held ? undefined : "manifest");
  yield { frame: { $case: "need", need: { manifest: !held } } };
  if (held) return emptyManifest;
  const nextPiece = async () => (await inbox.next("manifest")).manifest;
  const bytes = await collectPieces(nextPiece, WIRE_LIMITS.manifestBytes);
  requireDigest("The manifest", manifestDigest(bytes), rootDigest);
  return decodeManifest(bytes);
}

async function* receiveContents(
  manifest: Manifest,
  stagingDir: string,
  { endpoint, signal }: IncomingWorkspaceOptions,
): AsyncGenerator<ExecuteResponse, StagedContents | undefined> {
  const entries = newContents(emptyManifest, { upserts: manifest.entries, deletions: [] });
  if (entries.length === 0) {
    yield { frame: { $case: "missing", missing: { contents: { $case: "some", some: { sha256: [] } } } } };
    return undefined;
  }
  const upload = endpoint.expectUpload({ entries, stagingDir, signal });
  // Watched from the start: it may fail before anybody waits for it.
  upload.catch(() => {});
  yield { frame: { $case: "missing", missing: { contents: { $case: "all", all: true } } } };
  return await upload;
}
