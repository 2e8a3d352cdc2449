import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { temporaryPath } from "../reaper/temporary-path.js";

/**
 * A file descriptor to read `bytes` from, which the caller closes; without bytes, the empty input. A file
 * that has no name any more: unlike a pipe it needs nobody to feed it.
 */
export function openInput(bytes: Uint8Array | undefined): number {
  if (bytes === undefined || bytes.byteLength === 0) return openSync(devNull, "r");
  const directory = mkdtempSync(temporaryPath("input"));
  try {
    const path = join(directory, "stdin");
    writeFileSync(path, bytes, { mode: 0o600 });
    return openSync(path, "r");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
