import type { FileHandle } from "node:fs/promises";
import { openToRead } from "./run-files.js";

const CHUNK_BYTES = 64 * 1024;

/** A file that another process appends to, and that may not be there yet. */
export class GrowingFile {
  #handle: FileHandle | undefined;

  constructor(private readonly location: string) {}

  /** What has come since the last time. Whoever takes a piece may keep it. */
  async *more(): AsyncGenerator<Buffer> {
    this.#handle ??= await openToRead(this.location);
    while (this.#handle) {
      const { bytesRead, buffer } = await this.#handle.read(Buffer.alloc(CHUNK_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}
