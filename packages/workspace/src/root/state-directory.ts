import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OWNER_ALL = 0o700;

/**
 * Makes sure of `.sloth/` in a workspace's root. A clone of somebody's repository may bring anything of that name
 * along, so a link in its place is refused rather than followed.
 */
export function ensureStateDirectory(root: string): string {
  const directory = `${root}/.sloth`;
  try {
    ensureDirectory(directory, 0o755);
    createOnce(`${directory}/.gitignore`, "*\n");
    return directory;
  } catch (cause) {
    if (cause instanceof WorkspaceError) throw cause;
    const message = `Cannot create ${quote(directory)}: ${systemReason(cause)}. The directory must be writable.`;
    throw new WorkspaceError("IO_FAILED", message, { path: directory, cause });
  }
}

export function ensureDirectory(location: string, mode: number): void {
  try {
    mkdirSync(location, mode);
    openToOwner(location);
  } catch (cause) {
    if (systemCode(cause) !== "EEXIST") throw cause;
  }
  if (lstatSync(location).isDirectory()) return;
  const message = `${quote(location)} is not a directory. Remove it: sloth keeps its state there.`;
  throw new WorkspaceError("NOT_A_DIRECTORY", message, { path: location });
}

/** A umask may take from the owner what we need in a directory that we made. */
function openToOwner(location: string): void {
  const mode = lstatSync(location).mode & 0o777;
  if ((mode & OWNER_ALL) !== OWNER_ALL) chmodSync(location, mode | OWNER_ALL);
}

/** The random id of the workspace; of several processes that come first, one wins. */
export function ensureWorkspaceId(stateDirectory: string): string {
  const location = `${stateDirectory}/workspace-id`;
  createOnce(location, `${randomUUID()}\n`);
  const id = lstatSync(location).isFile() ? readFileSync(location, "utf8").trim() : "";
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  const message = `${quote(location)} does not hold the id of a workspace. Remove it to get a new one.`;
  throw new WorkspaceError("IO_FAILED", message, { path: location });
}

/** Appears with its whole text or not at all, and never replaces what is there. */
function createOnce(location: string, text: string): void {
  if (lstatSync(location, { throwIfNoEntry: false }) !== undefined) return;
  const draft = `${location}.${randomUUID()}`;
  const descriptor = openSync(draft, CREATE_FLAGS, 0o644);
  try {
    writeSync(descriptor, text);
    linkSync(draft, location);
  } catch (cause) {
    if (systemCode(cause) !== "EEXIST") throw cause;
  } finally {
    closeSync(descriptor);
    unlinkSync(draft);
  }
}
