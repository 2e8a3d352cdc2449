/**
 * A bundle as bytes. The same files always give the same bytes, so that their digest names them:
 *
 * 1. `slothb1\n`
 * 2. for each file, sorted by the bytes of its name: length of the name (4 bytes, little endian), name
 *    (UTF-8), length of the content (4 bytes), content.
 */
import { DslError } from "../dsl-error.js";
import type { Bundle } from "./bundle.js";
import { sha256 } from "./sha256.js";

const MAGIC = Buffer.from("slothb1\n");

/** @throws {DslError} BUNDLE_INVALID when a name is not a relative path. */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const files = [...bundle.files].map(([name, content]) => {
    checkName(name);
    return { name: Buffer.from(name), content };
  });
  files.sort((a, b) => Buffer.compare(a.name, b.name));
  const parts: Uint8Array[] = [MAGIC];
  for (const { name, content } of files) parts.push(length(name), name, length(content), content);
  return new Uint8Array(Buffer.concat(parts));
}

/** @throws {DslError} BUNDLE_INVALID when the bytes are not exactly what {@link encodeBundle} writes. */
export function decodeBundle(bytes: Uint8Array): Bundle {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) throw invalid("it does not start as one");
  const files = new Map<string, Uint8Array>();
  let previous: Buffer | undefined;
  let offset = MAGIC.length;
  const take = (): Buffer => {
    if (offset + 4 > buffer.length) throw invalid("it ends too early");
    const start = offset + 4;
    offset = start + buffer.readUInt32LE(offset);
    if (offset > buffer.length) throw invalid("it ends too early");
    return buffer.subarray(start, offset);
  };
  while (offset < buffer.length) {
    const name = take();
    if (previous && Buffer.compare(previous, name) >= 0) throw invalid("its names are not in order");
    previous = name;
    const text = name.toString("utf8");
    if (!Buffer.from(text).equals(name)) throw invalid("a name is not valid UTF-8");
    checkName(text);
    files.set(text, new Uint8Array(take()));
  }
  return { files };
}

/** SHA-256 of an encoded bundle, hex. */
export function bundleDigest(bytes: Uint8Array): string {
  return sha256().update(bytes).digest("hex");
}

/** Relative, in one way only. A file beside the workflow's directory begins with `../`. */
function checkName(name: string): void {
  const inside = name.replace(/^(\.\.\/)+/, "").split("/");
  const impossible = inside.some((segment) => segment === "" || segment === "." || segment === "..");
  if (impossible || /[\0\\]/.test(name)) throw invalid(`${JSON.stringify(name)} is not a relative path`);
}

function length(bytes: Uint8Array): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(bytes.length);
  return buffer;
}

function invalid(reason: string): DslError {
  return new DslError("BUNDLE_INVALID", `Not a valid bundle: ${reason}`);
}
