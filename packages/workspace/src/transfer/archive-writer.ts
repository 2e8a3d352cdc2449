import { createHash, hash } from "node:crypto";
import { once } from "node:events";
import { closeSync, readSync } from "node:fs";
import { type Header, type Pack, pack } from "tar-stream";
import { systemCode } from "../errors.js";
import type { Pace } from "../pacing.js";
import { fileChanged, openForReading, unreadable } from "../snapshot/read-file.js";
import type { Body } from "./bodies.js";
import { PAX_SIZE_FROM } from "./profile.js";

/** Files up to this size are read whole: a stream for each would cost several times the reading. */
const WHOLE_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

type Sink = ReturnType<Pack["entry"]>;

/** The archive in pieces of any size; the files are read as the pieces are taken. */
export async function* packArchive(
  root: string,
  bodies: readonly Body[],
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  const archive = pack();
  const written = writeBodies(archive, root, bodies, pace).catch((error: Error) => archive.destroy(error));
  for await (const piece of archive as AsyncIterable<Uint8Array>) yield piece;
  await written;
}

async function writeBodies(archive: Pack, root: string, bodies: readonly Body[], pace: Pace): Promise<void> {
  for (const body of bodies) {
    if (pace.isDue()) await pace.rest();
    await writeBody(archive, `${root}/${body.path}`, body, pace);
  }
  archive.finalize();
}

async function writeBody(archive: Pack, location: string, body: Body, pace: Pace): Promise<void> {
  const { descriptor, stats } = openForReading(location, body.path);
  try {
    if (Number(stats.size) !== body.sizeBytes) throw contentChanged(body);
    if (body.sizeBytes <= WHOLE_BYTES) await writeWhole(archive, descriptor, body);
    else await writePieces(archive, descriptor, body, pace);
  } catch (cause) {
    throw systemCode(cause) === undefined ? cause : unreadable(body.path, cause);
  } finally {
    closeSync(descriptor);
  }
}

async function writeWhole(archive: Pack, descriptor: number, body: Body): Promise<void> {
  const content = Buffer.allocUnsafe(body.sizeBytes);
  if (readFully(descriptor, content) < body.sizeBytes) throw contentChanged(body);
  if (hash("sha256", content, "hex") !== body.digest) throw contentChanged(body);
  await new Promise<void>((resolve, reject) => {
    const sink = archive.entry(headerOf(body), content, (error) => (error ? reject(error) : resolve()));
    sink.on("error", heardElsewhere);
  });
}

async function writePieces(archive: Pack, descriptor: number, body: Body, pace: Pace): Promise<void> {
  const sha256 = createHash("sha256");
  const sink = await openSink(archive, body);
  for (let rest = body.sizeBytes; rest > 0; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(rest, PIECE_BYTES));
    if (readFully(descriptor, piece) < piece.length) throw contentChanged(body);
    sha256.update(piece);
    rest -= piece.length;
    if (!sink.write(piece)) await drained(sink);
    if (pace.isDue()) await pace.rest();
  }
  if (sha256.digest("hex") !== body.digest) throw contentChanged(body);
  sink.end(null);
  await once(sink, "close");
}

/**
 * tar-stream writes a size that needs more than eleven octal digits in base 256, which is not POSIX. It writes the
 * header when the entry opens and compares the size when it ends; so the size 0 goes into the header, the true one
 * into a PAX record, and after the opening into the object. Can go when tar-stream writes such a record itself.
 */
async function openSink(archive: Pack, body: Body): Promise<Sink> {
  const header = headerOf(body);
  const isLarge = body.sizeBytes >= PAX_SIZE_FROM;
  if (isLarge) Object.assign(header, { size: 0, pax: { size: String(body.sizeBytes) } });
  const sink = archive.entry(header);
  sink.on("error", heardElsewhere);
  if (!isLarge) return sink;
  await once(sink, "open");
  header.size = body.sizeBytes;
  return sink;
}

function headerOf(body: Body): Pick<Header, "name" | "size" | "mode" | "mtime" | "type"> {
  return { name: body.digest, size: body.sizeBytes, mode: 0o600, mtime: new Date(0), type: "file" };
}

function readFully(descriptor: number, into: Buffer): number {
  let filled = 0;
  while (filled < into.length) {
    const length = readSync(descriptor, into, filled, into.length - filled, null);
    if (length === 0) break;
    filled += length;
  }
  return filled;
}

/** Rejects when the sink closes first: it does when the consumer stops, and nobody would drain it then. */
function drained(sink: Sink): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error("The reader of the archive stopped before its end."));
    sink.once("close", onClose);
    sink.once("drain", () => {
      sink.off("close", onClose);
      resolve();
    });
  });
}

/** An entry fails with its archive, whose reader gets the error; without a listener it would end the process. */
function heardElsewhere(): void {}

function contentChanged(body: Body) {
  return fileChanged(body.path, "is no longer what the snapshot saw");
}
