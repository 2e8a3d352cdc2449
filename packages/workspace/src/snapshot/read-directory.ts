import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { quote, systemCode, WorkspaceError } from "../errors.js";
import { checkTarget } from "../manifest/link-rules.js";
import { comparePaths } from "../manifest/path-rules.js";
import { fileChanged, unreadable } from "./read-file.js";

/** An ignore file larger than this is a mistake or an attack. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** The names in a directory in tree order. @throws {WorkspaceError} UNREADABLE, or BAD_PATH for one that is not UTF-8 */
export function listNames(location: string, path: string): string[] {
  try {
    const names = readdirSync(location);
    if (names.some((name) => name.includes("\ufffd"))) checkUtf8(location, path);
    return names.sort(comparePaths);
  } catch (cause) {
    if (cause instanceof WorkspaceError) throw cause;
    throw unreadable(path === "" ? "." : path, cause);
  }
}

/** Node replaces bytes that are no UTF-8 by U+FFFD, so only names with one in them need a second look. */
function checkUtf8(location: string, path: string): void {
  for (const raw of readdirSync(location, { encoding: "buffer" })) {
    const name = raw.toString("utf8");
    if (Buffer.from(name).equals(raw)) continue;
    const shown = `${path === "" ? "" : `${path}/`}${showBytes(raw)}`;
    const advice = "Give it another name, or ignore the directory that it is in.";
    throw new WorkspaceError("BAD_PATH", `The name ${quote(shown)} is not UTF-8. ${advice}`, { path: shown });
  }
}

/** Bytes that are no ASCII as in `$'bad\xff'` of a shell. */
function showBytes(raw: Buffer): string {
  return raw
    .toString("latin1")
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Undefined when it is not there any more. @throws {WorkspaceError} UNREADABLE */
export function readStats(location: string, path: string): BigIntStats | undefined {
  try {
    return lstatSync(location, { bigint: true });
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw unreadable(path, cause);
  }
}

/** Which directory stands there. @throws {WorkspaceError} FILE_CHANGED when there is none any more */
export function directoryPlace(location: string, path: string): string {
  const stats = readStats(location, path);
  if (stats?.isDirectory() || (path === "" && stats !== undefined)) return placeOf(stats);
  if (path === "")
    throw new WorkspaceError("UNREADABLE", `The working directory ${quote(location)} is gone.`, {
      path: location,
    });
  throw fileChanged(path, "is no directory any more");
}

export function placeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** @throws {WorkspaceError} UNREADABLE, EXTERNAL_LINK, or BAD_PATH when the target is not UTF-8 */
export function readTarget(location: string, path: string): string {
  try {
    const raw = readlinkSync(location, { encoding: "buffer" });
    const target = raw.toString("utf8");
    if (!Buffer.from(target).equals(raw)) {
      throw new WorkspaceError("BAD_PATH", `The target of the symlink ${quote(path)} is not UTF-8.`, {
        path,
      });
    }
    checkTarget(path, target);
    return target;
  } catch (cause) {
    throw cause instanceof WorkspaceError ? cause : unreadable(path, cause);
  }
}

/** The text of a regular file; empty when there is none. @throws {WorkspaceError} UNREADABLE or LIMIT */
export function readText(location: string, path: string): string {
  const stats = readStats(location, path);
  if (!stats?.isFile()) return "";
  if (stats.size > MAX_TEXT_BYTES) {
    throw new WorkspaceError("LIMIT", `The file ${quote(path)} has more than ${MAX_TEXT_BYTES} bytes.`, {
      path,
    });
  }
  try {
    return readFileSync(location, "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
