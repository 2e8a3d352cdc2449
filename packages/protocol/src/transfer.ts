import { compress, decompress, type Encoding } from "./compression.js";
import type { TransferEnd, TransferHeader } from "./gen/sloth/v1/agent.js";
import type { LinkSpeed } from "./link-speed.js";
import { ProtocolError } from "./protocol-error.js";

/** A part of an Upload or a Download. */
export interface TransferPart {
  part?:
    | { $case: "header"; header: TransferHeader }
    | { $case: "data"; data: Uint8Array }
    | { $case: "brotli"; brotli: Uint8Array }
    | { $case: "zstd"; zstd: Uint8Array }
    | { $case: "end"; end: TransferEnd }
    | undefined;
}

/** A stream of bytes that knows its counts once it has been read to its end. */
interface CountedStream extends AsyncIterable<Uint8Array> {
  readonly summary: TransferEnd | undefined;
}

/** Whether and how parts may be compressed. */
export interface TransferCompression {
  /** Absent: not at all. */
  encoding?: Encoding | undefined;
  /** Parts are compressed while it says that the link is slow. */
  link: LinkSpeed;
}

/** After so many bytes the speed is measured anew. */
const MEASURED_BYTES = 4 * 2 ** 20;

/** The data parts of a stream and its end. Nothing is read before the transport asks for it. */
export async function* writeTransfer(contents: CountedStream, { encoding, link }: TransferCompression) {
  let measured = { bytes: 0, startedAt: performance.now(), isCompressed: link.isSlow };
  for await (const data of contents) {
    const { isCompressed } = measured;
    yield { part: await dataPart(data, isCompressed ? encoding : undefined) };
    measured.bytes += data.length;
    if (measured.bytes < MEASURED_BYTES) continue;
    const now = performance.now();
    link.note(measured.bytes, now - measured.startedAt, isCompressed && encoding !== undefined);
    measured = { bytes: 0, startedAt: now, isCompressed: link.isSlow };
  }
  if (!contents.summary) throw new Error("A content stream ended without its summary.");
  yield { part: { $case: "end" as const, end: contents.summary } };
}

async function dataPart(data: Uint8Array, encoding: Encoding | undefined) {
  const packed = encoding && (await compress(data, encoding));
  if (!packed) return { $case: "data" as const, data };
  return encoding === "brotli"
    ? { $case: "brotli" as const, brotli: packed }
    : { $case: "zstd" as const, zstd: packed };
}

/** The bytes of a transfer that a peer sends, and what it announced at the end. */
export interface IncomingTransfer {
  /** @throws {ProtocolError} UNEXPECTED_FRAME when the stream stops before its end part, or goes on after it. */
  chunks: AsyncIterable<Uint8Array>;
  /** @throws {ProtocolError} DIGEST_MISMATCH unless the announced counts are the counted ones. */
  check(counted: TransferEnd): void;
}

/** Reads a transfer; memory does not grow with its length. */
export function readTransfer(parts: AsyncIterable<TransferPart>): IncomingTransfer {
  let announced: TransferEnd | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const { part } of parts) {
      if (announced) throw new ProtocolError("UNEXPECTED_FRAME", "A transfer goes on after its end.");
      if (part?.$case === "data") yield part.data;
      else if (part?.$case === "brotli") yield await decompress(part.brotli, "brotli");
      else if (part?.$case === "zstd") yield await decompress(part.zstd, "zstd");
      else if (part?.$case === "end") announced = part.end;
      else
        throw new ProtocolError("UNEXPECTED_FRAME", "A transfer holds a part that is neither data nor end.");
    }
    if (!announced) throw new ProtocolError("UNEXPECTED_FRAME", "A transfer stopped before its end.");
  }
  return {
    chunks: chunks(),
    check(counted) {
      const same =
        announced?.bytes === counted.bytes &&
        announced.entries === counted.entries &&
        announced.sha256 === counted.sha256;
      if (!same) {
        throw new ProtocolError(
          "DIGEST_MISMATCH",
          "A transfer is not what its sender announced; nothing was taken over.",
        );
      }
    },
  };
}
