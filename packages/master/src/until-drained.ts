import { once } from "node:events";
import type { Writable } from "node:stream";

/** Resolves when the stream takes more, or when it is closed and never will. Never rejects. */
export async function untilDrained(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, "drain", { signal }), once(stream, "close", { signal })]);
  } catch {
    // The stream's own failure is for whoever listens for it.
  } finally {
    settled.abort();
  }
}
