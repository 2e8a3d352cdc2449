import { quote, WorkspaceError } from "../errors.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import { EMPTY_DIGEST, type ManifestEntry } from "./entry.js";
import { checkTarget } from "./link-rules.js";

/*
 * The attributes of an entry are one byte of kind, and by kind:
 *   1 file: mode (uint16), mtime in microseconds (int64), size (varint), SHA-256 (32 bytes)
 *   2 directory: mode (uint16)
 *   3 symlink: target (text)
 */
const KIND_FILE = 1;
const KIND_DIRECTORY = 2;
const KIND_SYMLINK = 3;

/** Of a path or a target. */
export const MAX_TEXT_BYTES = 4095;

/** The attributes must be valid: {@link checkAttributes}. */
export function encodeAttributes(writer: ByteWriter, entry: ManifestEntry): void {
  if (entry.kind === "symlink") {
    writer.uint8(KIND_SYMLINK);
    writer.text(entry.target ?? "");
    return;
  }
  writer.uint8(entry.kind === "file" ? KIND_FILE : KIND_DIRECTORY);
  writer.uint16(entry.mode);
  if (entry.kind === "directory") return;
  writer.int64(entry.mtimeUs);
  writer.varint(entry.sizeBytes);
  writer.hex(entry.digest ?? "");
}

/** @throws {WorkspaceError} BAD_MANIFEST, EXTERNAL_LINK, or the reader's fault */
export function decodeAttributes(reader: ByteReader, path: string): ManifestEntry {
  const entry = readAttributes(reader, path);
  checkAttributes(entry);
  return entry;
}

/** Of bytes that are our own. */
export function readAttributes(reader: ByteReader, path: string): ManifestEntry {
  const none = { path, mode: 0, mtimeUs: 0, sizeBytes: 0 };
  const kind = reader.uint8();
  switch (kind) {
    case KIND_FILE: {
      const mode = reader.uint16();
      const mtimeUs = reader.int64();
      const sizeBytes = reader.varint();
      return { path, kind: "file", mode, mtimeUs, sizeBytes, digest: reader.hex(32) };
    }
    case KIND_DIRECTORY:
      return { ...none, kind: "directory", mode: reader.uint16() };
    case KIND_SYMLINK:
      return { ...none, kind: "symlink", target: reader.text(MAX_TEXT_BYTES) };
    default:
      throw reader.fault(`an entry of the unknown kind ${kind}`);
  }
}

/** @throws {WorkspaceError} BAD_MANIFEST or EXTERNAL_LINK when they contradict each other */
export function checkAttributes(entry: ManifestEntry): void {
  const fault = attributeFault(entry);
  if (fault === undefined) return;
  throw new WorkspaceError("BAD_MANIFEST", `The entry ${quote(entry.path)} has ${fault}.`, {
    path: entry.path,
  });
}

function attributeFault(entry: ManifestEntry): string | undefined {
  const { path, kind, mode, mtimeUs, sizeBytes, digest, target } = entry;
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) return `the mode ${mode.toString(8)}`;
  if (!Number.isSafeInteger(mtimeUs)) return "a modification time out of range";
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return `the size ${sizeBytes}`;
  if (kind !== "file" && (mtimeUs !== 0 || sizeBytes !== 0 || digest !== undefined))
    return "what only files have";
  if (kind === "file" && !/^[0-9a-f]{64}$/.test(digest ?? "")) return "no SHA-256 of its content";
  if (kind === "file" && (digest === EMPTY_DIGEST) !== (sizeBytes === 0))
    return "a size that its content cannot have";
  if (kind !== "symlink") return target === undefined ? undefined : "a target, though it is no symlink";
  if (mode !== 0) return "a mode, though it is a symlink";
  checkTarget(path, target ?? "");
  return undefined;
}
