import type { FileHandle } from "node:fs/promises";

/** A line as it is to be shown, and where. */
export interface HeldLine {
  stream: "stdout" | "stderr";
  bytes: Buffer;
}

/** Before each line: its stream, and how many bytes it has. */
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
  async append(lines: readonly HeldLine[]): Promise<void> {
    const bytes = Buffer.concat(lines.flatMap((line) => [headOf(line), line.bytes]));
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#length + done);
      done += bytesWritten;
    }
    this.#length += bytes.length;
  }

  /** All lines, in pieces. */
  async *read(): AsyncGenerator<HeldLine[]> {
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < this.#length; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, this.#length - at));
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new Error("the file of held lines has become shorter");
      at += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const { lines, used } = parse(rest);
      rest = rest.subarray(used);
      yield lines;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function headOf({ stream, bytes }: HeldLine): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(STREAMS.indexOf(stream));
  head.writeUInt32LE(bytes.length, 1);
  return head;
}

function parse(bytes: Buffer): { lines: HeldLine[]; used: number } {
  const lines: HeldLine[] = [];
  let used = 0;
  while (bytes.length - used >= HEAD_BYTES) {
    const start = used + HEAD_BYTES;
    const end = start + bytes.readUInt32LE(used + 1);
    if (end > bytes.length) break;
    lines.push({ stream: STREAMS[bytes.readUInt8(used)] ?? "stdout", bytes: bytes.subarray(start, end) });
    used = end;
  }
  return { lines, used };
}
