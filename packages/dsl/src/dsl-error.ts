import { formatDiagnostics } from "./render-diagnostics.js";

/**
 * - `FILE_NOT_FOUND`: the workflow file is missing, unreadable or not a file.
 * - `SYNTAX`: the file is not valid Lua.
 * - `SCRIPT_ERROR`: the file's code raised an error while it was loaded.
 * - `INVALID_WORKFLOW`: it loaded, but what it defines is not a valid workflow.
 * - `BUNDLE_INVALID`: the bytes are not a bundle, or a name in it is not a relative path.
 * - `MODEL_MISMATCH`: loading again gave another model than the one that was expected.
 */
export type DslErrorCode =
  | "FILE_NOT_FOUND"
  | "SYNTAX"
  | "SCRIPT_ERROR"
  | "INVALID_WORKFLOW"
  | "BUNDLE_INVALID"
  | "MODEL_MISMATCH";

/** One mistake, and where it is. */
export interface Diagnostic {
  /** As the file's name in the bundle: relative to the directory of the workflow file. */
  file: string;
  /** Counts from 1. Absent where only the file is known. */
  line?: number;
  /** Counts from 1, in UTF-16 code units as most editors do; a tab is one. Absent where only the line is known. */
  column?: number;
  /** The text of the line. */
  source?: string;
  group?: string;
  task?: string;
  field?: string;
  message: string;
}

/** A workflow that cannot be used. The message holds the first 50 diagnostics, one per line. */
export class DslError extends Error {
  override name = "DslError";
  /** Every mistake that was found, in the order of the source. Empty where no place can be named. */
  readonly diagnostics: readonly Diagnostic[];
  /** Lua traceback where the file's code raised an error. */
  readonly traceback?: string;

  constructor(
    readonly code: DslErrorCode,
    what: string | readonly Diagnostic[],
    options: { traceback?: string | undefined; cause?: unknown } = {},
  ) {
    super(typeof what === "string" ? what : formatDiagnostics(what), { cause: options.cause });
    this.diagnostics = typeof what === "string" ? [] : what;
    if (options.traceback) this.traceback = options.traceback;
  }
}
