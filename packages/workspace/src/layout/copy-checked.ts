import { hash } from "node:crypto";
import { closeSync, constants, copyFileSync, existsSync, readSync, unlinkSync, writeFileSync } from "node:fs";
import { WorkspaceError } from "../errors.js";
import { Pace } from "../pacing.js";
import { FileHasher, openForReading } from "../snapshot/read-file.js";

/** Up to this size a content is read whole, checked and written; a larger one is cloned or copied and then checked. */
const WHOLE_BYTES = 1024 * 1024;
const DESCRIPTORS = existsSync("/proc/self/fd") ? "/proc/self/fd" : undefined;

/** The content that is wanted. */
interface Wanted {
  digest: string;
  sizeBytes: number;
}

/**
 * As {@link copyChecked}, for a source that is only a hint: one that is not there or cannot be read is not the content
 * either.
 */
export async function copyIfThere(source: string, location: string, wanted: Wanted): Promise<boolean> {
  try {
    return await copyChecked(source, location, wanted);
  } catch (cause) {
    if (cause instanceof WorkspaceError) return false;
    throw cause;
  }
}

/**
 * Copies a file that somebody may be writing to, to `location`, where nothing stands. False, and nothing there, when
 * what stands at `source` is not the content. Follows no link and waits for no pipe.
 * @throws {WorkspaceError} UNREADABLE, or FILE_CHANGED when it is gone or no regular file
 */
export async function copyChecked(source: string, location: string, wanted: Wanted): Promise<boolean> {
  const { descriptor, stats } = openForReading(source, source);
  try {
    if (Number(stats.size) !== wanted.sizeBytes) return false;
    if (wanted.sizeBytes <= WHOLE_BYTES) return copyWhole(descriptor, location, wanted);
    // By its descriptor, so that a link or a pipe that takes its place is not opened.
    copyFileSync(
      DESCRIPTORS === undefined ? source : `${DESCRIPTORS}/${descriptor}`,
      location,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
  } finally {
    closeSync(descriptor);
  }
  const copied = await new FileHasher(new Pace(undefined)).hash(location, location);
  if (copied.digest === wanted.digest) return true;
  unlinkSync(location);
  return false;
}

function copyWhole(descriptor: number, location: string, { digest, sizeBytes }: Wanted): boolean {
  const content = Buffer.allocUnsafe(sizeBytes);
  let filled = 0;
  for (let length = -1; length !== 0 && filled < sizeBytes; filled += length) {
    length = readSync(descriptor, content, filled, sizeBytes - filled, null);
  }
  if (filled < sizeBytes || hash("sha256", content, "hex") !== digest) return false;
  writeFileSync(location, content, { mode: 0o600, flag: "wx" });
  return true;
}
