import { HostError, type HostFile } from "../host.js";

/*
 * Files that are none of the system's: bytes in memory, and streams.
 */

/** A file that only has these bytes to read. */
export function fileOfBytes(bytes: Uint8Array): HostFile {
  return {
    read: (buffer, position) => {
      const part = bytes.subarray(position, position + buffer.length);
      buffer.set(part);
      return part.length;
    },
    write: refuse,
    sizeBytes: () => bytes.length,
    close: () => {},
  };
}

/** A stream that only has these bytes to read. */
export function sourceOfBytes(bytes: Uint8Array): HostFile {
  return { ...fileOfBytes(bytes), sizeBytes: withoutPositions };
}

/** A stream that can only be written, to `take`. */
export function sinkTo(take: (bytes: Uint8Array) => void): HostFile {
  return { read: refuse, write: take, sizeBytes: withoutPositions, close: () => {} };
}

function refuse(): never {
  throw new HostError("Bad file descriptor", "EBADF");
}

function withoutPositions(): never {
  throw new HostError("Illegal seek", "ESPIPE");
}
