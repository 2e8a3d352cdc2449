import {
  type DownloadResponse,
  type Encoding,
  LinkSpeed,
  readTransfer,
  type TransferEnd,
  type TransferPart,
  writeTransfer,
} from "@sloth/protocol";
import { type ManifestEntry, packContents, receiveContents, type StagedContents } from "@sloth/workspace";
import { ServerError, Status } from "nice-grpc-common";
import { type Resolvers, withResolvers } from "./with-resolvers.js";

/** What an upload is received into. */
interface Expected {
  entries: Iterable<ManifestEntry>;
  stagingDir: string;
  signal: AbortSignal;
}

/** What a download is read from. */
interface Offer {
  root: string;
  entries: readonly ManifestEntry[];
  signal: AbortSignal;
}

/**
 * Where the bulk calls of one attempt meet its session. The session says what it expects or offers. An
 * upload can be taken once; a download again, since the stream may break in the middle of it.
 */
export class TransferEndpoint {
  #expected: (Expected & { settle: Resolvers<StagedContents> }) | undefined;
  #offer: Offer | undefined;
  /** What the master can decompress. */
  readonly #encoding: Encoding | undefined;

  constructor(encoding: Encoding | undefined) {
    this.#encoding = encoding;
  }

  /** Announces what the next upload must hold; resolves when it has been received and checked. */
  expectUpload(expected: Expected): Promise<StagedContents> {
    const settle = withResolvers<StagedContents>();
    const onAbort = () => settle.reject(expected.signal.reason);
    expected.signal.addEventListener("abort", onAbort, { once: true });
    this.#expected = { ...expected, settle };
    return settle.promise.finally(() => expected.signal.removeEventListener("abort", onAbort));
  }

  /** Takes an upload. */
  async upload(parts: AsyncIterable<TransferPart>): Promise<TransferEnd> {
    const expected = this.#expected;
    if (!expected)
      throw new ServerError(Status.FAILED_PRECONDITION, "No upload is expected for this attempt.");
    this.#expected = undefined;
    try {
      const transfer = readTransfer(parts);
      const contents = await receiveContents(transfer.chunks, {
        expected: expected.entries,
        stagingDir: expected.stagingDir,
        signal: expected.signal,
      });
      transfer.check(contents.summary);
      expected.settle.resolve(contents);
      return contents.summary;
    } catch (error) {
      expected.settle.reject(error);
      throw error;
    }
  }

  offerDownload(offer: Offer): void {
    this.#offer = offer;
  }

  /** Sends what is offered. */
  download({ isSlow }: { isSlow: boolean }): AsyncIterable<DownloadResponse> {
    const offer = this.#offer;
    if (!offer) throw new ServerError(Status.FAILED_PRECONDITION, "This attempt has nothing to download.");
    const contents = packContents(offer.root, offer.entries, { signal: offer.signal });
    return writeTransfer(contents, { encoding: this.#encoding, link: new LinkSpeed(isSlow) });
  }
}
