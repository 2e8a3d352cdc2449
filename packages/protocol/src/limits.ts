/** What both ends check before they allocate. Sizes in bytes, times in milliseconds. */
export const WIRE_LIMITS = {
  /** Of one message: the default of gRPC. */
  messageBytes: 4 * 1024 * 1024,
  /** Of the data in one frame. */
  pieceBytes: 256 * 1024,
  bundleBytes: 64 * 1024 * 1024,
  /** Of an encoded manifest or changeset. */
  manifestBytes: 256 * 1024 * 1024,
  /** Nesting of a Value. */
  valueDepth: 100,
  /** From the start of an Execute stream to its first frame. */
  openTimeoutMs: 10_000,
  /** The lease that a master asks for. */
  leaseMs: 60_000,
  maxLeaseMs: 10 * 60_000,
} as const;
