import type { FileHandle } from "node:fs/promises";

/** Whole lines as they are to be shown, each with its newline, and where. */
export interface HeldPiece {
  stream: "stdout" | "stderr";
  bytes: Buffer;
}

/** Before each piece: its stream, and how many bytes it has. */
const HEAD_BYTES = 5;
const CHUNK_BYTES = 256 * 1024;
const STREAMS = ["stdout", "stderr"] as const;

/** Lines in a file that nobody else has, in the order in which they came. */
export class SpillFile {
  readonly #file: FileHandle;
  /** Of what has been written as a whole. */
  #length = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Adds all of them, or none where it fails. */
  async append(pieces: readonly HeldPiece[]): Promise<void> {
    const bytes = Buffer.concat(pieces.flatMap((piece) => [headOf(piece), piece.bytes]));
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#length + done);
      done += bytesWritten;
    }
    this.#length += bytes.length;
  }

  /** All of them, some at once. */
  async *read(): AsyncGenerator<HeldPiece[]> {
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < this.#length; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, this.#length - at));
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new Error("the file of held lines has become shorter");
      at += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const { pieces, used } = parse(rest);
      rest = rest.subarray(used);
      yield pieces;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function headOf({ stream, bytes }: HeldPiece): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(STREAMS.indexOf(stream));
  head.writeUInt32LE(bytes.length, 1);
  return head;
}

function parse(bytes: Buffer): { pieces: HeldPiece[]; used: number } {
  const pieces: HeldPiece[] = [];
  let used = 0;
  while (bytes.length - used >= HEAD_BYTES) {
    const start = used + HEAD_BYTES;
    const end = start + bytes.readUInt32LE(used + 1);
    if (end > bytes.length) break;
    pieces.push({ stream: STREAMS[bytes.readUInt8(used)] ?? "stdout", bytes: bytes.subarray(start, end) });
    used = end;
  }
  return { pieces, used };
}
