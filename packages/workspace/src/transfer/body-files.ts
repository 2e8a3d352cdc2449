import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { quote, WorkspaceError } from "../errors.js";
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

/** Writes each body to a file named by its number and checks its digest. One descriptor is open at a time. */
export class BodyFiles implements BodySink {
  readonly #directory: string;
  readonly #locations = new Map<string, string>();
  #open: OpenBody | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  pathOf(digest: string): string | undefined {
    return this.#locations.get(digest);
  }

  begin(body: Body): void {
    const location = `${this.#directory}/${this.#locations.size}`;
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
    const { body, location, sha256, digest } = this.#opened();
    this.abandon();
    if ((digest ?? sha256?.digest("hex")) !== body.digest) {
      const message = `The received content of ${quote(body.path)} is not what was announced. It was thrown away.`;
      throw new WorkspaceError("BAD_ARCHIVE", message, { path: body.path });
    }
    this.#locations.set(body.digest, location);
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

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}
