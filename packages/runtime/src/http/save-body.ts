import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { hasCode, notRegular } from "../lua/host-errors.js";

/** A file that is there as a whole or not at all: the bytes go beside it first. */
export interface Target {
  path: string;
  mode: number;
}

/** Where a body is saved: an existing file keeps its mode, and a link leads to its file. The directory must exist. */
export async function findTarget(path: string, umask: number): Promise<Target> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw notRegular();
    return { path: await realpath(path), mode: stats.mode & 0o7777 };
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    await stat(dirname(path));
    return { path, mode: 0o666 & ~umask };
  }
}

/** @param onBytes - called for each piece that has been written */
export async function saveBody(body: Readable, target: Target, onBytes: () => void): Promise<void> {
  const temporary = join(dirname(target.path), `.sloth-download-${randomBytes(8).toString("hex")}`);
  const file = await open(temporary, "wx", 0o600);
  try {
    for await (const chunk of body) {
      await file.appendFile(chunk as Uint8Array);
      onBytes();
    }
    await file.chmod(target.mode);
    await file.close();
    await rename(temporary, target.path);
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}
