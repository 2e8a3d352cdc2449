import {
  CONFLICT_CHOICES,
  EXTERNAL_SYMLINK_CHOICES,
  parseByteSize,
  patternProblem,
  protectionProblem,
  type WorkspaceSettings,
} from "@sloth/dsl";
import { once, oneOf, repeated, switched, usage } from "../command-line/option-values.js";

/** The options of a command line as yargs gives them. */
export type ParsedOptions = Record<string, unknown>;

/** What was typed of how changes are applied. @throws {MasterError} USAGE */
export function readApplyOptions(parsed: ParsedOptions): Partial<WorkspaceSettings> {
  return given({
    onConflict: oneOf("on-conflict", parsed.onConflict, CONFLICT_CHOICES),
    externalSymlinks: oneOf("external-symlinks", parsed.externalSymlinks, EXTERNAL_SYMLINK_CHOICES),
    allowDeleteAll: switched(parsed.allowDeleteAll),
    protect: readPatterns("protect", parsed.protect, protectionProblem),
  });
}

/** What was typed of a workspace altogether. @throws {MasterError} USAGE */
export function readWorkspaceOptions(parsed: ParsedOptions): Partial<WorkspaceSettings> {
  return {
    ...readApplyOptions(parsed),
    ...given({
      ignore: readPatterns("ignore", parsed.ignore, patternProblem),
      gitignore: switched(parsed.gitignore),
      keepIgnored: switched(parsed.keepIgnored),
      syncGit: switched(parsed.syncGit),
      maxBytes: readBytes("max-bytes", once("max-bytes", parsed.maxBytes)),
      maxFiles: readCount(once("max-files", parsed.maxFiles)),
    }),
  };
}

function readPatterns(
  option: string,
  value: unknown,
  problemOf: (pattern: string) => string | undefined,
): string[] | undefined {
  const patterns = repeated(value);
  for (const pattern of patterns ?? []) {
    const problem = problemOf(pattern);
    if (problem !== undefined) throw usage(`--${option} ${problem}.`);
  }
  return patterns;
}

/** On a command line a bare number can only mean bytes. */
export function readBytes(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = parseByteSize(/^\d+$/.test(text) ? Number(text) : text);
  if ("problem" in size) throw usage(`--${option} ${size.problem}.`);
  return size.bytes;
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (count === 0) throw usage(`--max-files ${text} is not a number of at least 1.`);
  return count;
}

function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
