import { quote, WorkspaceError } from "../errors.js";
import { checkLimit, type Limits } from "../limits.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import type { ManifestEntry } from "./entry.js";
import { checkTarget } from "./link-rules.js";
import { checkPath } from "./path-rules.js";

/*
 * Paths are front-coded: the number of leading components shared with the path before (as many as there are), then
 * the rest as text. An entry is its path, one byte of kind, and by kind:
 *   1 file: mode (uint16), mtime in microseconds (int64), size (varint), SHA-256 (32 bytes)
 *   2 directory: mode (uint16)
 *   3 symlink: target (text)
 */
const KIND_FILE = 1;
const KIND_DIRECTORY = 2;
const KIND_SYMLINK = 3;

const MAX_TEXT_BYTES = 4095;
/** A path of two bytes, a length, a kind and a mode. */
const MIN_ENTRY_BYTES = 4;
const MIN_PATH_BYTES = 3;

/** Writes paths, each relative to the one before. */
class PathEncoder {
  #previous: string[] = [];

  write(writer: ByteWriter, path: string): void {
    checkPath(path);
    const components = path.split("/");
    const shared = sharedComponents(this.#previous, components);
    writer.varint(shared);
    writer.text(components.slice(shared).join("/"));
    this.#previous = components;
  }
}

/** Reads and validates paths, each relative to the one before, within the limits for all of them. */
class PathDecoder {
  #previous: string[] = [];
  #pathBytes = 0;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  read(reader: ByteReader): string {
    const shared = reader.varint();
    if (shared > this.#previous.length) throw reader.fault("a path that shares more than there is");
    const rest = reader.text(MAX_TEXT_BYTES);
    const path = [...this.#previous.slice(0, shared), rest].join("/");
    checkPath(path);
    const components = path.split("/");
    if (sharedComponents(this.#previous, components) !== shared)
      throw reader.fault("a path that is not canonical");
    this.#pathBytes += Buffer.byteLength(path);
    checkLimit("bytes of paths", this.#pathBytes, this.#limits.pathBytes);
    checkLimit("levels of directories", components.length, this.#limits.depth);
    this.#previous = components;
    return path;
  }
}

function sharedComponents(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length - 1 && a[shared] === b[shared]) shared++;
  return shared;
}

export function encodeEntries(writer: ByteWriter, entries: readonly ManifestEntry[]): void {
  const paths = new PathEncoder();
  writer.varint(entries.length);
  for (const entry of entries) {
    paths.write(writer, entry.path);
    encodeAttributes(writer, entry);
  }
}

function encodeAttributes(writer: ByteWriter, entry: ManifestEntry): void {
  checkAttributes(entry);
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

export function decodeEntries(reader: ByteReader, limits: Limits): ManifestEntry[] {
  const count = readCount(reader, limits, MIN_ENTRY_BYTES);
  const paths = new PathDecoder(limits);
  const entries: ManifestEntry[] = [];
  while (entries.length < count) {
    const entry = decodeAttributes(reader, paths.read(reader));
    checkAttributes(entry);
    entries.push(entry);
  }
  return entries;
}

function decodeAttributes(reader: ByteReader, path: string): ManifestEntry {
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

export function encodePaths(writer: ByteWriter, paths: readonly string[]): void {
  const encoder = new PathEncoder();
  writer.varint(paths.length);
  for (const path of paths) encoder.write(writer, path);
}

export function decodePaths(reader: ByteReader, limits: Limits): string[] {
  const count = readCount(reader, limits, MIN_PATH_BYTES);
  const decoder = new PathDecoder(limits);
  const paths: string[] = [];
  while (paths.length < count) paths.push(decoder.read(reader));
  return paths;
}

function readCount(reader: ByteReader, limits: Limits, bytesEach: number): number {
  const count = reader.varint();
  checkLimit("entries", count, limits.entries);
  if (count * bytesEach > reader.remaining) throw reader.fault(`fewer bytes than ${count} entries need`);
  return count;
}

function checkAttributes(entry: ManifestEntry): void {
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
  if (kind !== "symlink") return target === undefined ? undefined : "a target, though it is no symlink";
  if (mode !== 0) return "a mode, though it is a symlink";
  checkTarget(path, target ?? "");
  return undefined;
}
