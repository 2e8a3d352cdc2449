import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const PIECE_BYTES = 64 * 1024;

/**
 * Writes a file piece by piece, and makes the directories above it. What stands there is replaced when all is written;
 * where it is no file, as `/dev/stdout`, it is written to.
 */
export async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) return write(path, pieces);
  // Behind a link, so that the link stays.
  const target = found ? await realpath(path) : path;
  await makeDirectories(dirname(resolve(target)));
  const draft = join(dirname(target), `.${basename(target).slice(0, 100)}-${randomUUID()}`);
  try {
    await write(draft, pieces);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * By hand, since `mkdir` with `recursive` tells a wrong reason where it may not (https://github.com/nodejs/node/issues/31481)
 * and never ends in `/proc`, where nothing can be made; both in Node 20.
 */
async function makeDirectories(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (await isDirectory(directory)) return;
    if (code !== "ENOENT" || (await isDirectory(dirname(directory)))) throw error;
    await makeDirectories(dirname(directory));
    await mkdir(directory);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function write(path: string, pieces: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(gather(pieces)), createWriteStream(path));
}

/** Small pieces cost more to pass on than to join. */
function* gather(pieces: Iterable<string>): Generator<string> {
  let gathered = "";
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < PIECE_BYTES) continue;
    yield gathered;
    gathered = "";
  }
  yield gathered;
}
