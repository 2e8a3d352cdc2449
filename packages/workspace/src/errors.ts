/** What went wrong, for code that has to decide; the message is for people. */
export type WorkspaceErrorCode =
  | "BAD_PATH"
  | "PATH_ESCAPES"
  | "EXTERNAL_LINK"
  | "PROTECTED"
  | "BAD_MANIFEST"
  | "BAD_CHANGESET"
  | "BAD_ARCHIVE"
  | "LIMIT"
  | "UNREADABLE"
  | "FILE_CHANGED"
  | "MISSING_CONTENT"
  | "NOT_A_DIRECTORY"
  | "NOT_EMPTY"
  | "DELETES_ALL"
  | "IO_FAILED"
  | "ROLLBACK_FAILED"
  | "RECOVERY_BLOCKED"
  | "MOUNT_POINT"
  | "NAME_CLASH"
  | "BROAD_ROOT";

export interface WorkspaceErrorDetails {
  /** The path the failure is about, relative to the tree where there is one. */
  path?: string;
  /** The target of the symlink the failure is about. */
  target?: string;
  cause?: unknown;
}

/** Every failure of this package, except an abort, which rejects with the signal's own reason. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
  readonly code: WorkspaceErrorCode;
  readonly path: string | undefined;
  readonly target: string | undefined;

  constructor(code: WorkspaceErrorCode, message: string, details: WorkspaceErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.target = details.target;
  }
}

/** A name as it may be shown: quoted, with control and bidirectional characters escaped, since a peer may have chosen it. */
export function quote(name: string): string {
  const shown = name.length > 300 ? `${name.slice(0, 300)}…` : name;
  return JSON.stringify(shown).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The code that the operating system gave (`ENOENT`, `EACCES`, ...), if the error came from there. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("errno" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What the operating system said, without Node's repetition of call and path. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(", ")[0] ?? message;
}
