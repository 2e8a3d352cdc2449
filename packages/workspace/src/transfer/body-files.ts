import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, constants, openSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { quote, WorkspaceError } from "../errors.js";
import { setAttributesOf } from "../layout/set-attributes.js";
import type { BodySink } from "./archive-reader.js";
import type { Bodies, Body } from "./bodies.js";
import { Column } from "./column.js";
import { WriteQueue } from "./write-queue.js";

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Larger ones are written beside the event loop; for smaller ones that costs more than it saves. */
const SYNC_BYTES = 2 ** 20;

const writeAsync = promisify(write);

interface OpenBody {
  body: Body;
  descriptor: number;
  sha256: Hash | undefined;
  digest: string | undefined;
}

/**
 * Writes each body to a file named by its number, gives it the mode and time of the first file that has it, and checks
 * its digest. Keeps the bytes of large bodies until they are written, so they must not be written over.
 */
export class BodyFiles implements BodySink {
  readonly #directory: string;
  readonly #bodies: Bodies;
  readonly #modes = new Column();
  readonly #mtimesUs = new Column();
  readonly #descriptors = new Set<number>();
  readonly #queue = new WriteQueue();
  /** The bodies come in order, so those below this number are here. */
  #finished = 0;
  #open: OpenBody | undefined;

  /** @param bodies - those that will come */
  constructor(directory: string, bodies: Bodies) {
    this.#directory = directory;
    this.#bodies = bodies;
  }

  pathOf(digest: string): string | undefined {
    const number = this.#numberOf(digest);
    return number === undefined ? undefined : `${this.#directory}/${number}`;
  }

  /** The mode and time that the file of a content has already; undefined when its owner could not read it with them. */
  attributesOf(digest: string): { mode: number; mtimeUs: number } | undefined {
    const number = this.#numberOf(digest);
    if (number === undefined) return undefined;
    const attributes = { mode: this.#modes.get(number), mtimeUs: this.#mtimesUs.get(number) };
    return isReadable(attributes) ? attributes : undefined;
  }

  begin(body: Body): void {
    const location = `${this.#directory}/${this.#finished}`;
    const descriptor = openSync(location, CREATE_FLAGS, 0o600);
    this.#descriptors.add(descriptor);
    this.#open = { body, descriptor, sha256: undefined, digest: undefined };
  }

  write(bytes: Uint8Array): void {
    const open = this.#opened();
    if (open.body.sizeBytes > SYNC_BYTES)
      this.#queue.push(bytes.length, () => writeBeside(open.descriptor, bytes));
    else writeFully(open.descriptor, bytes);
    if (bytes.length === open.body.sizeBytes) {
      open.digest = hash("sha256", bytes, "hex");
      return;
    }
    open.sha256 ??= createHash("sha256");
    open.sha256.update(bytes);
  }

  finish(): void {
    const { body, descriptor, sha256, digest } = this.#opened();
    if ((digest ?? sha256?.digest("hex")) !== body.digest) {
      const message = `The received content of ${quote(body.path)} is not what was announced. It was thrown away.`;
      throw new WorkspaceError("BAD_ARCHIVE", message, { path: body.path });
    }
    this.#open = undefined;
    this.#modes.set(this.#finished, body.mode);
    this.#mtimesUs.set(this.#finished, body.mtimeUs);
    this.#finished++;
    if (body.sizeBytes > SYNC_BYTES) this.#queue.push(0, () => this.#complete(descriptor, body));
    else this.#complete(descriptor, body);
  }

  #complete(descriptor: number, body: Body): void {
    if (isReadable(body)) setAttributesOf(descriptor, body);
    this.#close(descriptor);
  }

  /** Resolves when there is room for more. @throws what the system said of a write */
  room(): Promise<void> {
    return this.#queue.room();
  }

  /** Resolves when every finished body is in its file. @throws what the system said of a write */
  end(): Promise<void> {
    return this.#queue.end();
  }

  /** Writes nothing more, and closes what is open. */
  async abandon(): Promise<void> {
    await this.#queue.stop();
    for (const descriptor of this.#descriptors) this.#close(descriptor);
  }

  #close(descriptor: number): void {
    this.#descriptors.delete(descriptor);
    closeSync(descriptor);
  }

  #numberOf(digest: string): number | undefined {
    const number = this.#bodies.indexOf(digest);
    return number >= 0 && number < this.#finished ? number : undefined;
  }

  #opened(): OpenBody {
    if (this.#open === undefined) throw new Error("No body has begun.");
    return this.#open;
  }
}

function isReadable({ mode }: Pick<Body, "mode">): boolean {
  return (mode & 0o400) !== 0;
}

async function writeBeside(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await writeAsync(descriptor, bytes, written, bytes.length - written)).bytesWritten;
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}
