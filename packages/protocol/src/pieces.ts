import { WIRE_LIMITS } from "./limits.js";
import { ProtocolError } from "./protocol-error.js";

/** A part of something longer, as Bundle, Manifest and Changes frames carry it. */
interface Piece {
  data: Uint8Array;
  last: boolean;
}

/** Cuts `bytes` into pieces of at most {@link WIRE_LIMITS.pieceBytes}; at least one, the last one marked. */
export function* splitIntoPieces(bytes: Uint8Array): Generator<Piece> {
  let start = 0;
  do {
    const end = Math.min(start + WIRE_LIMITS.pieceBytes, bytes.length);
    yield { data: bytes.subarray(start, end), last: end === bytes.length };
    start = end;
  } while (start < bytes.length);
}

/**
 * Joins pieces up to the one that is marked last.
 * @param next - gives the next piece.
 * @param limitBytes - what may be joined at most.
 * @throws {ProtocolError} LIMIT when there is more.
 */
export async function collectPieces<P extends Piece>(
  next: () => Promise<P>,
  limitBytes: number,
): Promise<{ bytes: Uint8Array; last: P }> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const piece = await next();
    total += piece.data.length;
    if (total > limitBytes) throw new ProtocolError("LIMIT", `The peer sent more than ${limitBytes} bytes.`);
    pieces.push(piece.data);
    if (piece.last) return { bytes: Buffer.concat(pieces, total), last: piece };
  }
}
