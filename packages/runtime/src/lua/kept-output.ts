/** Bytes that a function of Lua returns of one stream at most. */
export const LIMIT_BYTES = 64 * 1024 * 1024;

/** The output of one stream of a process as a Lua function gets it: bounded, since it is in memory. */
export class KeptOutput {
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  #isTaken = false;

  /** Says that something is missing; undefined when everything was kept. */
  get problem(): string | undefined {
    if (this.#sizeBytes <= LIMIT_BYTES) return undefined;
    return `its output is larger than the ${LIMIT_BYTES / 1024 / 1024} MiB that can be returned; redirect it to a file`;
  }

  add(bytes: Uint8Array): void {
    if (this.#isTaken) return;
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes <= LIMIT_BYTES) this.#chunks.push(bytes);
  }

  /** All that was kept, in memory of its own. Nothing is kept afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    this.#isTaken = true;
    const chunks = this.#chunks.splice(0);
    const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }
}
