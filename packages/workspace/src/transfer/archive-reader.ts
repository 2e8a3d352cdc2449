import { createHash } from "node:crypto";
import { quote, WorkspaceError } from "../errors.js";
import type { Body, BodyList } from "./bodies.js";
import { paxRecords } from "./pax-records.js";
import { BLOCK_BYTES, END_BLOCKS, PAX_NAME, PAX_SIZE_FROM } from "./profile.js";
import { parseHeader, type UstarHeader, writeHeader } from "./ustar-header.js";

/** Takes the contents as they arrive; `begin`, any number of `write`, `finish`, for each body in order. */
export interface BodySink {
  begin(body: Body): void;
  write(bytes: Uint8Array): void;
  finish(): void;
}

type State = "header" | "pax" | "body" | "padding" | "end";

const MAX_PAX_BYTES = BLOCK_BYTES;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * Reads an archive that must be exactly what profile.ts describes and hold exactly the expected bodies. Keeps at
 * most one block; trusts nothing: what a header may say is known before it is read.
 */
export class ArchiveReader {
  readonly #expected: BodyList;
  readonly #bodies: Iterator<Body>;
  /** The body that comes next, or is coming. */
  #due: Body | undefined;
  readonly #sink: BodySink;
  #state: State = "header";
  #next = 0;
  /** What is left of the body, or of the zeros after it. */
  #rest = 0;
  #block = Buffer.alloc(BLOCK_BYTES);
  #blockFilled = 0;
  #paxBytes = 0;
  /** Whether the header that comes belongs to a PAX header. */
  #isAnnounced = false;
  #endBlocks = 0;
  #offset = 0;
  readonly #dueBlock = Buffer.alloc(BLOCK_BYTES);
  readonly #sha256 = createHash("sha256");

  constructor(expected: BodyList, sink: BodySink) {
    this.#expected = expected;
    this.#bodies = expected[Symbol.iterator]();
    this.#due = this.#bodies.next().value;
    this.#sink = sink;
  }

  /** @throws {WorkspaceError} BAD_ARCHIVE */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = this.#take(chunk.subarray(at));
      at += taken;
      this.#offset += taken;
    }
  }

  /** The archive is over: its digest, as TransferSummary has it. @throws {WorkspaceError} BAD_ARCHIVE when it should not be */
  end(): string {
    if (this.#state !== "end" || this.#endBlocks < END_BLOCKS) throw this.#fault("no end: it was cut off");
    if (this.#blockFilled > 0) throw this.#fault("bytes after its end");
    if (this.#due !== undefined) throw this.#missing();
    return this.#sha256.digest("hex");
  }

  #take(bytes: Uint8Array): number {
    switch (this.#state) {
      case "body":
        return this.#takeBody(bytes);
      case "padding":
        return this.#takePadding(bytes);
      default:
        return this.#takeBlock(bytes);
    }
  }

  #takeBody(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#rest);
    this.#sink.write(part);
    this.#rest -= part.length;
    if (this.#rest === 0) this.#endBody();
    return part.length;
  }

  #endBody(): void {
    this.#sink.finish();
    const { sizeBytes = 0, digest = "" } = this.#due ?? {};
    this.#sha256.update(Buffer.from(digest, "hex"));
    this.#next++;
    this.#due = this.#bodies.next().value;
    this.#rest = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
    this.#state = this.#rest > 0 ? "padding" : "header";
  }

  #takePadding(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#rest);
    if (!isZero(part)) throw this.#fault("bytes between its entries");
    this.#sha256.update(part);
    this.#rest -= part.length;
    if (this.#rest === 0) this.#state = "header";
    return part.length;
  }

  #takeBlock(bytes: Uint8Array): number {
    if (this.#endBlocks === END_BLOCKS) throw this.#fault("bytes after its end");
    const part = bytes.subarray(0, BLOCK_BYTES - this.#blockFilled);
    this.#block.set(part, this.#blockFilled);
    this.#blockFilled += part.length;
    if (this.#blockFilled < BLOCK_BYTES) return part.length;
    this.#blockFilled = 0;
    this.#sha256.update(this.#block);
    if (this.#state === "pax") this.#readPax();
    else if (isZero(this.#block)) this.#readEndBlock();
    else this.#readHeader();
    return part.length;
  }

  #readEndBlock(): void {
    if (this.#isAnnounced) throw this.#fault("a PAX header without an entry");
    if (this.#due !== undefined) throw this.#missing();
    this.#state = "end";
    this.#endBlocks++;
  }

  #readHeader(): void {
    if (this.#state === "end") throw this.#fault("a single block of zeros between its entries");
    const header = this.#dueHeader() ?? parseHeader(this.#block);
    if (typeof header === "string") throw this.#fault(header);
    if (header.type === "pax") this.#expectPax(header);
    else this.#beginBody(header);
  }

  /** The header that is due, if it came just as we write it: then there is nothing to parse. */
  #dueHeader(): UstarHeader | undefined {
    const body = this.#due;
    if (body === undefined || body.sizeBytes >= PAX_SIZE_FROM) return undefined;
    const header: UstarHeader = { type: "file", name: body.digest, sizeBytes: body.sizeBytes };
    writeHeader(this.#dueBlock, header);
    return this.#dueBlock.equals(this.#block) ? header : undefined;
  }

  #expectPax({ sizeBytes }: UstarHeader): void {
    if (this.#isAnnounced) throw this.#fault("two PAX headers for one entry");
    if (sizeBytes === 0 || sizeBytes > MAX_PAX_BYTES) throw this.#fault(`a PAX header of ${sizeBytes} bytes`);
    this.#paxBytes = sizeBytes;
    this.#state = "pax";
  }

  /** There is one PAX header that may stand here, if any may, so it is compared and not interpreted. */
  #readPax(): void {
    const body = this.#due;
    const isDue = body !== undefined && body.sizeBytes >= PAX_SIZE_FROM;
    const records = this.#block.toString("latin1", 0, this.#paxBytes);
    if (!isDue || records !== paxRecords(body))
      throw this.#fault("a PAX header that does not announce what is due");
    if (!isZero(this.#block.subarray(this.#paxBytes))) throw this.#fault("bytes after a PAX header");
    this.#isAnnounced = true;
    this.#state = "header";
  }

  #beginBody(header: UstarHeader): void {
    const body = this.#due;
    if (body === undefined) throw this.#fault(`the entry ${quote(header.name)}, which nobody asked for`);
    const due = this.#isAnnounced
      ? { name: PAX_NAME, sizeBytes: 0 }
      : { name: body.digest, sizeBytes: body.sizeBytes };
    if (header.name !== due.name) {
      throw this.#fault(`the entry ${quote(header.name)} where the content of ${quote(body.path)} is due`);
    }
    if (header.sizeBytes !== due.sizeBytes) {
      throw this.#fault(`${header.sizeBytes} bytes for ${quote(body.path)}, where ${due.sizeBytes} are due`);
    }
    this.#isAnnounced = false;
    this.#rest = body.sizeBytes;
    this.#state = "body";
    this.#sink.begin(body);
  }

  #missing(): WorkspaceError {
    return this.#fault(`no content for ${quote(this.#due?.path ?? "")}`);
  }

  #fault(what: string): WorkspaceError {
    const where = `at byte ${this.#offset}, entry ${this.#next + 1} of ${this.#expected.length}`;
    return new WorkspaceError(
      "BAD_ARCHIVE",
      `The received archive has ${what} (${where}). It was thrown away.`,
      {
        path: this.#due?.path,
      },
    );
  }
}

function isZero(bytes: Uint8Array): boolean {
  return ZEROS.subarray(0, bytes.length).equals(bytes);
}
