import { HostError, type HostFile } from "../host.js";
import { readNumeral } from "./read-numeral.js";

/** What is read ahead. */
const CHUNK_BYTES = 16 * 1024;

/** The largest item that can be read: a device may have no end. */
const LIMIT_BYTES = 512 * 1024 * 1024;

const NOTHING = new Uint8Array();
const NEWLINE = 10;

/**
 * A file as Lua has it: with a position, and with reading by lines and numbers. What is read is read ahead;
 * what is written is written at once, so that a process that is started afterwards sees it, and so that
 * nothing is lost where the task ends without closing.
 *
 * Every function may throw what the file throws. What is returned is valid until the next call.
 */
export class BufferedFile {
  readonly #file: HostFile;
  readonly #appends: boolean;
  /** Where the next byte is read or written. */
  #position: number;
  /** What was read ahead, from the position on. */
  #ahead: Uint8Array = NOTHING;

  constructor(file: HostFile, options: { appends?: boolean; position?: number } = {}) {
    this.#file = file;
    this.#appends = options.appends ?? false;
    this.#position = options.position ?? 0;
  }

  /** `null` at the end. */
  readLine(keepNewline: boolean): Uint8Array | null {
    const line = this.#gather(() => {
      const newline = this.#ahead.indexOf(NEWLINE);
      return newline === -1 ? { sizeBytes: this.#ahead.length } : { sizeBytes: newline + 1, isLast: true };
    });
    if (line === null || keepNewline || line.at(-1) !== NEWLINE) return line;
    return line.subarray(0, -1);
  }

  /** As many bytes as there are, `count` at most; `null` at the end, also where `count` is 0. */
  readBytes(count: number): Uint8Array | null {
    if (count === 0) return this.#fill() ? NOTHING : null;
    let leftBytes = count;
    return this.#gather(() => {
      const sizeBytes = Math.min(leftBytes, this.#ahead.length);
      leftBytes -= sizeBytes;
      return { sizeBytes, isLast: leftBytes === 0 };
    });
  }

  readAll(): Uint8Array {
    return this.readBytes(Number.POSITIVE_INFINITY) ?? NOTHING;
  }

  /** The text of the longest start of a number; `null` where there is none. */
  readNumeral(): string | null {
    return readNumeral({
      peek: () => (this.#fill() ? (this.#ahead[0] ?? -1) : -1),
      advance: () => void this.#take(1),
    });
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#ahead = NOTHING;
    this.#file.write(bytes, this.#position);
    this.#position = this.#appends ? this.#file.sizeBytes() : this.#position + bytes.length;
  }

  /** Gives the new position. */
  seek(whence: "set" | "cur" | "end", offset: number): number {
    // Asked in any case: it throws where there are no positions.
    const sizeBytes = this.#file.sizeBytes();
    const position = { set: 0, cur: this.#position, end: sizeBytes }[whence] + offset;
    if (position < 0 || !Number.isSafeInteger(position)) throw new HostError("Invalid argument", "EINVAL");
    this.#ahead = NOTHING;
    this.#position = position;
    return position;
  }

  close(): void {
    this.#file.close();
  }

  /** Takes what `next` says of every chunk, until its last one or the end. */
  #gather(next: () => { sizeBytes: number; isLast?: boolean }): Uint8Array | null {
    const parts: Uint8Array[] = [];
    let totalBytes = 0;
    while (this.#fill(totalBytes)) {
      const { sizeBytes, isLast } = next();
      totalBytes += sizeBytes;
      if (totalBytes > LIMIT_BYTES) throw new HostError("Cannot allocate memory", "ENOMEM");
      parts.push(this.#take(sizeBytes));
      if (isLast) break;
    }
    return parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? null);
  }

  /** Reads ahead where nothing is left, more the more was read before; false at the end. */
  #fill(alreadyBytes = 0): boolean {
    if (this.#ahead.length > 0) return true;
    const chunk = Buffer.allocUnsafeSlow(Math.min(Math.max(alreadyBytes, CHUNK_BYTES), 64 * CHUNK_BYTES));
    this.#ahead = chunk.subarray(0, this.#file.read(chunk, this.#position));
    return this.#ahead.length > 0;
  }

  #take(sizeBytes: number): Uint8Array {
    const taken = this.#ahead.subarray(0, sizeBytes);
    this.#ahead = this.#ahead.subarray(sizeBytes);
    this.#position += sizeBytes;
    return taken;
  }
}
