import { WorkspaceError, type WorkspaceErrorCode } from "../errors.js";

/** `ignoreBOM`: a name may begin with U+FEFF, and dropping it would make two names one. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what {@link ByteWriter} writes, in the one form that it writes, from bytes that may be hostile. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #code: WorkspaceErrorCode;
  #offset = 0;

  constructor(bytes: Uint8Array, code: WorkspaceErrorCode) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#code = code;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  int64(): number {
    const at = this.#take(8);
    const value = this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw this.fault("a number out of range");
    return value;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.uint8();
      value += (byte & 0x7f) * factor;
      if (byte >= 0x80) continue;
      if (byte === 0 && factor > 1) throw this.fault("a number that is longer than it needs to be");
      if (!Number.isSafeInteger(value)) break;
      return value;
    }
    throw this.fault("a number out of range");
  }

  text(maxBytes: number): string {
    const length = this.varint();
    if (length > maxBytes) throw this.fault(`a text of ${length} bytes`);
    const at = this.#take(length);
    try {
      return strictUtf8.decode(this.#bytes.subarray(at, at + length));
    } catch (cause) {
      throw this.fault("a text that is not valid UTF-8", cause);
    }
  }

  hex(bytes: number): string {
    const at = this.#take(bytes);
    return this.#bytes.toString("hex", at, at + bytes);
  }

  /** A view of the next bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  end(): void {
    if (this.remaining > 0) throw this.fault(`${this.remaining} bytes after the end`);
  }

  fault(what: string, cause?: unknown): WorkspaceError {
    return new WorkspaceError(this.#code, `The received list has ${what} (at byte ${this.#offset}).`, {
      cause,
    });
  }

  #take(length: number): number {
    if (length > this.remaining) throw this.fault("been cut off");
    const at = this.#offset;
    this.#offset += length;
    return at;
  }
}
