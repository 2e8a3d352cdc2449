import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { quote, WorkspaceError } from "../errors.js";
import { setAttributesOf } from "../layout/set-attributes.js";
import type { BodySink } from "./archive-reader.js";
import type { Body } from "./bodies.js";

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

interface OpenBody {
  body: Body;
  location: string;
  descriptor: number;
  sha256: Hash | undefined;
  digest: string | undefined;
}

/**
 * Writes each body to a file named by its number, gives it the mode and time of the first file that has it, and checks
 * its digest. One descriptor is open at a time.
 */
export class BodyFiles implements BodySink {
  readonly #directory: string;
  readonly #bodies = new Map<string, { location: string; body: Body }>();
  #open: OpenBody | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  pathOf(digest: string): string | undefined {
    return this.#bodies.get(digest)?.location;
  }

  /** The mode and time that the file of a content has already; undefined when its owner could not read it with them. */
  attributesOf(digest: string): { mode: number; mtimeUs: number } | undefined {
    const body = this.#bodies.get(digest)?.body;
    return body !== undefined && isReadable(body) ? body : undefined;
  }

  begin(body: Body): void {
    const location = `${this.#directory}/${this.#bodies.size}`;
    const descriptor = openSync(location, CREATE_FLAGS, 0o600);
    this.#open = { body, location, descriptor, sha256: undefined, digest: undefined };
  }

  write(bytes: Uint8Array): void {
    const open = this.#opened();
    writeFully(open.descriptor, bytes);
    if (bytes.length === open.body.sizeBytes) {
      open.digest = hash("sha256", bytes, "hex");
      return;
    }
    open.sha256 ??= createHash("sha256");
    open.sha256.update(bytes);
  }

  finish(): void {
    const { body, location, descriptor, sha256, digest } = this.#opened();
    if (isReadable(body)) setAttributesOf(descriptor, body);
    this.abandon();
    if ((digest ?? sha256?.digest("hex")) !== body.digest) {
      const message = `The received content of ${quote(body.path)} is not what was announced. It was thrown away.`;
      throw new WorkspaceError("BAD_ARCHIVE", message, { path: body.path });
    }
    this.#bodies.set(body.digest, { location, body });
  }

  /** Closes the file that is open, if one is. */
  abandon(): void {
    if (this.#open === undefined) return;
    const { descriptor } = this.#open;
    this.#open = undefined;
    closeSync(descriptor);
  }

  #opened(): OpenBody {
    if (this.#open === undefined) throw new Error("No body has begun.");
    return this.#open;
  }
}

function isReadable({ mode }: Body): boolean {
  return (mode & 0o400) !== 0;
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}
