import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { CredentialError } from "./credential-error.js";

/** Far more than a key, a certificate and a token need. */
const LONGEST_BYTES = 64 * 1024;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Reads a file of secrets; undefined when there is none.
 * @throws {CredentialError} NOT_PRIVATE when somebody else owns it or could have read or written it
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    await requirePrivateDirectory(dirname(path));
    const { uid, mode, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG)
      throw notPrivate(path, "is not a regular file", `Remove it: rm ${path}`);
    requireOwner(path, uid);
    if (mode & OTHERS)
      throw notPrivate(path, "can be read or written by others", `Its secret may be known: rm ${path}`);
    if (size > LONGEST_BYTES) throw new CredentialError("DAMAGED", `${path} is too long. Remove it.`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/**
 * Writes a file that nobody else can read, whole or not at all, and makes its directory.
 * @param options.isNew - leave one that is there as it is
 * @throws {CredentialError} NOT_PRIVATE when others can write the directory
 */
export async function writePrivateFile(
  path: string,
  text: string,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await requirePrivateDirectory(directory);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    if (isNew) await linkUnlessThere(temporary, path);
    else await rename(temporary, path);
  } finally {
    await file.close();
    await unlink(temporary).catch(ignoreMissing);
  }
}

/** @throws {CredentialError} NOT_PRIVATE when it is somebody else's, or others can write into it */
export async function requirePrivateDirectory(path: string): Promise<void> {
  const { uid, mode } = await stat(path);
  requireOwner(path, uid);
  if (mode & OTHERS_WRITE)
    throw notPrivate(path, "can be written by others", `If all in it is yours: chmod 700 ${path}`);
}

/** Removes it where it is there. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    ignoreMissing(error as NodeJS.ErrnoException);
    return false;
  }
}

async function openIfThere(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    ignoreMissing(error as NodeJS.ErrnoException);
    return undefined;
  }
}

function requireOwner(path: string, uid: number): void {
  const self = process.geteuid?.() ?? uid;
  if (uid !== self)
    throw notPrivate(path, `belongs to another user (uid ${uid})`, "Run this as its owner, or remove it.");
}

async function linkUnlessThere(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    await lstat(to);
  }
}

function ignoreMissing({ code, message }: NodeJS.ErrnoException): void {
  if (code !== "ENOENT" && code !== "ENOTDIR") throw Object.assign(new Error(message), { code });
}

function notPrivate(path: string, what: string, todo: string): CredentialError {
  return new CredentialError("NOT_PRIVATE", `${path} ${what}, so it is not trusted. ${todo}`);
}
