import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

const BLOCK_BYTES = 4 * 1024 * 1024;

/** Random bytes, which do not shrink and of which no two blocks are equal. */
export async function makeLargeFile(file: string, sizeBytes: number): Promise<void> {
  const descriptor = openSync(file, "w");
  try {
    for (let left = sizeBytes; left > 0; left -= BLOCK_BYTES)
      writeSync(descriptor, randomBytes(Math.min(left, BLOCK_BYTES)));
  } finally {
    closeSync(descriptor);
  }
}
