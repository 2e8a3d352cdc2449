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
  /** As the workflow file's name in the bundle. */
  file: string;
  /** Counts from 1. */
  line: number;
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
    super(typeof what === "string" ? what : formatAll(what), { cause: options.cause });
    this.diagnostics = typeof what === "string" ? [] : what;
    if (options.traceback) this.traceback = options.traceback;
  }
}

/** A person reads no more than these; a generated file can have a mistake in each of its tasks. */
const MAX_SHOWN = 50;

function formatAll(diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.slice(0, MAX_SHOWN).map(formatDiagnostic);
  const rest = diagnostics.length - lines.length;
  return (rest > 0 ? [...lines, `… and ${rest} more`] : lines).join("\n");
}

/** One line for a person: `pipeline.lua:12: group "build", task "compile", field "timeout": …`. */
function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = [
    diagnostic.group === undefined ? undefined : `group "${diagnostic.group}"`,
    diagnostic.task === undefined ? undefined : `task "${diagnostic.task}"`,
    diagnostic.field === undefined ? undefined : `field "${diagnostic.field}"`,
  ].filter((part) => part !== undefined);
  const prefix = `${diagnostic.file}:${diagnostic.line}: `;
  return prefix + (place.length > 0 ? `${place.join(", ")}: ` : "") + diagnostic.message;
}
