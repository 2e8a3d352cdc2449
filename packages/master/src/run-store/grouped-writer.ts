import type { FileHandle } from "node:fs/promises";
import { openToAppend } from "./run-files.js";

/** Wait so long for more to write with it. */
const GATHER_MS = 200;
/** Do not wait for more than this. */
const ENOUGH_BYTES = 1024 * 1024;
/** Whoever appends waits when so much is pending; as much again may be on its way to the disk. */
const LIMIT_BYTES = 2 * 1024 * 1024;

/** The system takes no more (IOV_MAX). */
const CHUNKS_PER_CALL = 1024;

export interface GroupedWriterOptions {
  /** The file that tells of what is in the others. */
  last: string;
  /** Called before the first write to a file, with its path. */
  prepare: (file: string) => Promise<void>;
  /** Called once; nothing more is written then, and what is pending is dropped. */
  onFailure: (cause: unknown) => void;
}

/**
 * Appends to many files in few writes, one at a time: what comes within {@link GATHER_MS} goes together, and
 * `last` after all other files. Nothing here throws.
 */
export class GroupedWriter {
  readonly #options: GroupedWriterOptions;
  readonly #prepared = new Set<string>();
  #pending = new Map<string, Uint8Array[]>();
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #isBroken = false;

  constructor(options: GroupedWriterOptions) {
    this.#options = options;
  }

  /** Gives something to wait for when too much is pending. */
  append(file: string, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isBroken) return undefined;
    const chunks = this.#pending.get(file);
    if (chunks) chunks.push(bytes);
    else this.#pending.set(file, [bytes]);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= ENOUGH_BYTES) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
    return this.#pendingBytes >= LIMIT_BYTES ? this.#writing : undefined;
  }

  /** Writes what is pending now, and does not wait for what comes meanwhile. */
  async catchUp(): Promise<void> {
    // A round that is under way; then the one that has what was pending, begun by now or to be begun.
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  /** Writes all that is pending, until nothing is. */
  async flush(): Promise<void> {
    while (!this.#isBroken && (this.#pending.size > 0 || this.#writing)) {
      this.#write();
      await this.#writing;
    }
    this.#stopWaiting();
  }

  fail(cause: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#pending.clear();
    this.#stopWaiting();
    this.#options.onFailure(cause);
  }

  #write(): void {
    this.#stopWaiting();
    if (this.#writing || this.#pending.size === 0) return;
    const round = this.#pending;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    this.#writing = this.#writeAll(round)
      .catch((cause) => this.fail(cause))
      .finally(() => {
        this.#writing = undefined;
        if (this.#pendingBytes >= ENOUGH_BYTES) this.#write();
        else if (this.#pending.size > 0) this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
      });
  }

  async #writeAll(round: Map<string, Uint8Array[]>): Promise<void> {
    const last = round.get(this.#options.last);
    if (last && round.delete(this.#options.last)) round.set(this.#options.last, last);
    for (const [file, chunks] of round) {
      if (!this.#prepared.has(file)) await this.#options.prepare(file);
      this.#prepared.add(file);
      const handle = await openToAppend(file);
      try {
        await writeChunks(handle, chunks);
      } finally {
        await handle.close();
      }
    }
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Many small chunks go in one call; none is copied. */
async function writeChunks(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (let start = 0; start < chunks.length; start += CHUNKS_PER_CALL) {
    const some = chunks.slice(start, start + CHUNKS_PER_CALL);
    const sizeBytes = some.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await handle.writev(some);
    // As on a disk that becomes full: the rest is tried again, for its error.
    if (bytesWritten < sizeBytes) await handle.writeFile(Buffer.concat(some).subarray(bytesWritten));
  }
}
