/** The cells of the memory that the host and a worker share. */
export const Cell = {
  /** Bytes of output that the worker has posted and nobody has consumed. */
  unconsumedBytes: 0,
  /** Answers to the worker's calls that have been posted and that it has not taken. */
  answers: 1,
} as const;

export function createSharedCells(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(Cell).length * Int32Array.BYTES_PER_ELEMENT);
}
