import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { WIRE_LIMITS } from "./limits.js";
import { ProtocolError } from "./protocol-error.js";

/** Ways to compress a part of a transfer; each is also the name of a feature. */
export type Encoding = "brotli" | "zstd";

type Compress = (data: Uint8Array) => Promise<Uint8Array>;

/** Quality 1 is about as fast as gzip's quickest and packs better; both run on Node's thread pool. */
const brotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };
/** A part is never longer than a piece, so a small bomb stays small. */
const outputLimit = { maxOutputLength: WIRE_LIMITS.pieceBytes };

const brotliCompress = promisify(zlib.brotliCompress);
const brotliDecompress = promisify(zlib.brotliDecompress);

/** Arrived with Node 22.15; absent on older ones. */
interface Zstd {
  zstdCompress?: typeof zlib.gzip;
  zstdDecompress?: typeof zlib.gunzip;
}
const { zstdCompress, zstdDecompress } = zlib as Zstd;

/** What this Node can compress with, best first. */
export const ENCODINGS: readonly Encoding[] = zstdCompress ? ["zstd", "brotli"] : ["brotli"];

const compressors: Record<Encoding, Compress | undefined> = {
  brotli: (data) => brotliCompress(data, brotliOptions),
  zstd: zstdCompress && promisify(zstdCompress as (data: Uint8Array, done: zlib.CompressCallback) => void),
};

const decompressors: Record<Encoding, Compress | undefined> = {
  brotli: (data) => brotliDecompress(data, outputLimit),
  zstd: zstdDecompress && ((data) => promisify(zstdDecompress)(data, outputLimit)),
};

/** The best encoding among the features that both ends have. */
export function encodingOf(features: readonly string[]): Encoding | undefined {
  return ENCODINGS.find((encoding) => features.includes(encoding));
}

/** The compressed bytes, or undefined when they are hardly fewer. */
export async function compress(data: Uint8Array, encoding: Encoding): Promise<Uint8Array | undefined> {
  const packed = await compressors[encoding]?.(data);
  return packed && packed.length < data.length * 0.9 ? packed : undefined;
}

/** @throws {ProtocolError} UNEXPECTED_FRAME when it cannot be decompressed, or to more than a piece */
export async function decompress(data: Uint8Array, encoding: Encoding): Promise<Uint8Array> {
  try {
    const whole = await decompressors[encoding]?.(data);
    if (whole) return whole;
  } catch {
    // Damaged, or too much: said below.
  }
  throw new ProtocolError("UNEXPECTED_FRAME", "A transfer holds a part that cannot be decompressed.");
}
