/** The cells of the memory that the host and a worker share. */
export const Cell = {
  /** Bytes of output that the worker has posted and nobody has consumed. */
  unconsumedBytes: 0,
  /** 1 when the answer to the worker's call has been posted. */
  answered: 1,
} as const;

export function createSharedCells(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(Cell).length * Int32Array.BYTES_PER_ELEMENT);
}
