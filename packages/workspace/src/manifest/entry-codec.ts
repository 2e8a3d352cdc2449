import { checkLimit, type Limits } from "../limits.js";
import { checkAttributes, decodeAttributes, encodeAttributes, MAX_TEXT_BYTES } from "./attribute-codec.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import type { ManifestEntry } from "./entry.js";
import { checkPath, checkPathIn, pathIn, ROOT, type ValidDirectory } from "./path-rules.js";

/*
 * Paths are front-coded: the number of leading components shared with the path before (as many as there are), then
 * the rest as text. An entry is its path and its attributes (attribute-codec.ts).
 */

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

/**
 * Reads and validates paths, each relative to the one before, within the limits for all of them. What a path shares
 * with the one before is not looked at again.
 */
class PathDecoder {
  /** The path before, and all above it, from the top. */
  readonly #previous: ValidDirectory[] = [];
  #pathBytes = 0;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  read(reader: ByteReader): string {
    const shared = reader.varint();
    if (shared > this.#previous.length) throw reader.fault("a path that shares more than there is");
    const rest = reader.text(MAX_TEXT_BYTES);
    const directory = this.#previous[shared - 1] ?? ROOT;
    checkPathIn(directory, rest);
    const names = rest.split("/");
    const path = pathIn(directory, rest);
    if (names.length > 1 && this.#previous[shared]?.path === pathIn(directory, names[0] ?? ""))
      throw reader.fault("a path that is not canonical");
    this.#remember(shared, path, names);
    this.#pathBytes += (this.#previous.at(-1)?.prefixBytes ?? 0) - 1;
    checkLimit("bytes of paths", this.#pathBytes, this.#limits.pathBytes);
    checkLimit("levels of directories", this.#previous.length, this.#limits.depth);
    return path;
  }

  #remember(shared: number, path: string, names: readonly string[]): void {
    this.#previous.length = shared;
    let { path: above, prefixBytes, levels } = this.#previous[shared - 1] ?? ROOT;
    let end = above === "" ? -1 : above.length;
    for (const name of names) {
      end += 1 + name.length;
      above = path.slice(0, end);
      prefixBytes += Buffer.byteLength(name) + 1;
      levels++;
      this.#previous.push({ path: above, prefixBytes, levels });
    }
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
    checkAttributes(entry);
    encodeAttributes(writer, entry);
  }
}

export function decodeEntries(reader: ByteReader, limits: Limits): ManifestEntry[] {
  const count = readCount(reader, limits, MIN_ENTRY_BYTES);
  const paths = new PathDecoder(limits);
  const entries: ManifestEntry[] = [];
  while (entries.length < count) entries.push(decodeAttributes(reader, paths.read(reader)));
  return entries;
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

/** @throws {WorkspaceError} LIMIT, or the reader's fault when so many cannot be there */
export function readCount(reader: ByteReader, limits: Limits, bytesEach: number): number {
  const count = reader.varint();
  checkLimit("entries", count, limits.entries);
  if (count * bytesEach > reader.remaining) throw reader.fault(`fewer bytes than ${count} entries need`);
  return count;
}
