/** What is wrong with a credential. */
export type CredentialErrorCode =
  /** A file or a directory belongs to somebody else, or others can reach it. */
  | "NOT_PRIVATE"
  /** A file is not what it should hold. */
  | "DAMAGED"
  /** A certificate, a key or a CA of one's own cannot be read, or they do not belong together. */
  | "IDENTITY_FILES"
  /** Nothing is where something refers to. */
  | "MISSING"
  /** A join line was mistyped, or is none. */
  | "JOIN_LINE"
  /** What answers shows another certificate than the one that was announced, or none. */
  | "NOT_THE_AGENT";

/** A credential cannot be used. No message ever holds a secret. */
export class CredentialError extends Error {
  override name = "CredentialError";
  constructor(
    readonly code: CredentialErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
