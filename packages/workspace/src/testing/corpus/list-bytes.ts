import { digestOf } from "../archive.js";

/*
 * Manifests and changesets byte by byte, so that they may say what `encodeManifest` and `encodeChangeset` refuse to.
 * The formats are described in manifest/manifest-codec.ts, listing.ts, changeset-codec.ts, entry-codec.ts and
 * attribute-codec.ts; nothing of them is used here, so a mistake there is not made here too.
 */

/** Text stands for its UTF-8. */
export type Bytes = string | Uint8Array | readonly number[];

/** One line of a list as it is sent, and how it would read on a disk. */
export interface Entry {
  path: Bytes;
  kind: "file" | "directory" | "symlink";
  attributes: Buffer;
  content: Buffer;
  /** What {@link readLines} shows behind the path when the entry was accepted exactly. */
  shown: string;
}

export interface FileFields {
  kind?: number;
  mode?: number;
  mtimeUs?: number;
  sizeBytes?: number | bigint;
  digest?: string;
}

export function file(path: Bytes, content: Bytes = "", fields: FileFields = {}): Entry {
  const bytes = joined(content);
  const { kind = 1, mode = 0o644, mtimeUs = 1_000_000, sizeBytes = bytes.length } = fields;
  const digest = fields.digest ?? digestOf(bytes);
  const attributes = joined(
    [kind],
    uint16(mode),
    int64(mtimeUs),
    varint(sizeBytes),
    Buffer.from(digest, "hex"),
  );
  return {
    path,
    kind: "file",
    attributes,
    content: bytes,
    shown: shownFile(mode, mtimeUs, sizeBytes, digest),
  };
}

export function directory(path: Bytes, mode = 0o755): Entry {
  const attributes = joined([2], uint16(mode));
  return { path, kind: "directory", attributes, content: Buffer.alloc(0), shown: shownDirectory(mode) };
}

export function symlink(path: Bytes, target: Bytes): Entry {
  const attributes = joined([3], text(target));
  return { path, kind: "symlink", attributes, content: Buffer.alloc(0), shown: `-> ${joined(target)}` };
}

export function shownFile(
  mode: number,
  mtimeUs: number | bigint,
  sizeBytes: number | bigint,
  digest: string,
): string {
  return `${mode.toString(8)} ${mtimeUs} ${sizeBytes} ${digest}`;
}

export function shownDirectory(mode: number): string {
  return `directory ${mode.toString(8)}`;
}

/** The directories above a path, then the entry: `a`, `a/b`, `a/b/c`. */
export function withParents(entry: Entry): Entry[] {
  const components = binary(entry.path).split("/");
  const above = components
    .slice(1)
    .map((_, index) => directory(bytesOf(components.slice(0, index + 1).join("/"))));
  return [...above, entry];
}

/** A manifest of entries in tree order; a name with a slash in it can be had by `listing` alone. */
export function manifestBytes(entries: readonly Entry[]): Buffer {
  const listings: Buffer[] = [];
  let at = 0;
  const visit = (above: string): Buffer => {
    const slot = listings.push(Buffer.alloc(0)) - 1;
    const parts: Bytes[] = [];
    let directories = 0;
    let count = 0;
    for (let entry = entries[at]; entry !== undefined; entry = entries[at]) {
      const path = binary(entry.path);
      const slash = path.lastIndexOf("/");
      if (path.slice(0, Math.max(slash, 0)) !== above || (above !== "" && slash === -1)) break;
      at++;
      count++;
      parts.push(text(bytesOf(path.slice(slash + 1))), entry.attributes);
      if (entry.kind !== "directory") continue;
      directories++;
      parts.push(Buffer.from(digestOf(visit(path)), "hex"));
    }
    const bytes = listing(count, directories, joinedAll(parts));
    listings[slot] = bytes;
    return bytes;
  };
  visit("");
  return rawManifest(...listings);
}

/** A manifest of one directory whose names are the whole paths. */
export function flatManifestBytes(entries: readonly Entry[]): Buffer {
  const nothing = listing(0, 0);
  const parts = entries.flatMap(({ path, kind, attributes }): Bytes[] =>
    kind === "directory"
      ? [text(path), attributes, Buffer.from(digestOf(nothing), "hex")]
      : [text(path), attributes],
  );
  const directories = entries.filter(({ kind }) => kind === "directory").length;
  return rawManifest(
    listing(entries.length, directories, ...parts),
    ...Array<Buffer>(directories).fill(nothing),
  );
}

export function listing(count: number | Bytes, directories: number, ...parts: Bytes[]): Buffer {
  return joined(typeof count === "number" ? varint(count) : count, varint(directories), ...parts);
}

export function rawManifest(...listings: Buffer[]): Buffer {
  return joined("slM\x02", ...listings.flatMap((bytes) => [varint(bytes.length), bytes]));
}

export function changesetBytes(upserts: readonly Entry[], deletions: readonly Bytes[] = []): Buffer {
  const changed = frontCoded(upserts.map((entry) => entry.path));
  const records = upserts.flatMap(({ attributes }, index) => [changed[index] ?? "", attributes]);
  return rawChangeset(
    [upserts.length, joinedAll(records)],
    [deletions.length, joinedAll(frontCoded(deletions))],
  );
}

/** Each half is a count, which may be wrong or malformed, and the records. */
export function rawChangeset(...halves: [count: number | Bytes, ...records: Bytes[]][]): Buffer {
  const bytes = halves.map(([count, ...records]) =>
    joined(typeof count === "number" ? varint(count) : count, ...records),
  );
  return joined("slC\x01", ...bytes);
}

function frontCoded(paths: readonly Bytes[]): Buffer[] {
  let previous: string[] = [];
  return paths.map((path) => {
    const components = binary(path).split("/");
    let shared = 0;
    while (
      shared < previous.length &&
      shared < components.length - 1 &&
      previous[shared] === components[shared]
    )
      shared++;
    previous = components;
    return frontCodedPath(shared, bytesOf(components.slice(shared).join("/")));
  });
}

export function frontCodedPath(shared: number, rest: Bytes): Buffer {
  return joined(varint(shared), text(rest));
}

export function text(value: Bytes): Buffer {
  const bytes = joined(value);
  return joined(varint(bytes.length), bytes);
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

export function joined(...parts: Bytes[]): Buffer {
  return joinedAll(parts);
}

/** For more parts than a call takes arguments. */
function joinedAll(parts: readonly Bytes[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

/** A path with one character for each byte, so that it can be cut at its slashes whatever the bytes. */
export function binary(path: Bytes): string {
  return joined(path).toString("latin1");
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
