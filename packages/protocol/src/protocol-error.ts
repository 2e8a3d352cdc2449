/** What broke on the wire. */
export type ProtocolErrorCode =
  /** No protocol number that both ends speak. */
  | "NO_COMMON_VERSION"
  /** A frame that does not belong here, or is malformed. */
  | "UNEXPECTED_FRAME"
  /** More bytes, or deeper nesting, than {@link WIRE_LIMITS} allows. */
  | "LIMIT"
  /** Bytes that are not what their digest says. */
  | "DIGEST_MISMATCH";

/** The peer broke the protocol, or there is none in common. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
  ) {
    super(message);
  }
}
