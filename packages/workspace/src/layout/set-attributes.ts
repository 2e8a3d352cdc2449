import { chmodSync, closeSync, constants, fchmodSync, futimesSync, openSync, utimesSync } from "node:fs";
import type { ManifestEntry } from "../manifest/entry.js";

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Gives a file that only we can reach its mode, whatever the umask, and its time. */
export function setAttributes(location: string, entry: ManifestEntry): void {
  chmodSync(location, entry.mode);
  utimesSync(location, seconds(entry.mtimeUs), seconds(entry.mtimeUs));
}

/** The same through a descriptor, which costs less than half as much. */
export function setAttributesOf(descriptor: number, entry: Pick<ManifestEntry, "mode" | "mtimeUs">): void {
  fchmodSync(descriptor, entry.mode);
  futimesSync(descriptor, seconds(entry.mtimeUs), seconds(entry.mtimeUs));
}

/**
 * Half a microsecond is added because Node takes a floating-point number and cuts what is below a microsecond; as
 * text, because it takes a negative number for "now".
 */
function seconds(us: number): string {
  return String((us + (us < 0 ? -0.5 : 0.5)) / 1e6);
}

export function createEmpty(location: string): void {
  closeSync(openSync(location, CREATE_FLAGS, 0o600));
}
