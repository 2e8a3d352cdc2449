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

/** Joins pieces that arrive one after the other. */
export class PieceCollector {
  readonly #pieces: Uint8Array[] = [];
  readonly #limitBytes: number;
  #sizeBytes = 0;

  /** @param limitBytes - what may be joined at most. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The whole, when this was the last piece. @throws {ProtocolError} LIMIT when there is more than allowed. */
  add({ data, last }: Piece): Uint8Array | undefined {
    this.#sizeBytes += data.length;
    if (this.#sizeBytes > this.#limitBytes) {
      throw new ProtocolError("LIMIT", `The peer sent more than ${this.#limitBytes} bytes.`);
    }
    this.#pieces.push(data);
    return last ? Buffer.concat(this.#pieces, this.#sizeBytes) : undefined;
  }
}

/**
 * Asks for pieces up to the one that is marked last, and joins them.
 * @throws {ProtocolError} LIMIT when there is more than `limitBytes`.
 */
export async function collectPieces(next: () => Promise<Piece>, limitBytes: number): Promise<Uint8Array> {
  const collector = new PieceCollector(limitBytes);
  for (;;) {
    const whole = collector.add(await next());
    if (whole) return whole;
  }
}
