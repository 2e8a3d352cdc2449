import { parseByteSize } from "../byte-size.js";
import { patternProblem, protectionProblem } from "../path-pattern.js";
import { CONFLICT_CHOICES, EXTERNAL_SYMLINK_CHOICES, type WorkspaceSettings } from "../workspace-settings.js";
import type { FieldReader } from "./field-reader.js";
import { LIMIT_FIELDS, refuseField } from "./known-fields.js";
import { describeType, isRawTable } from "./raw-model.js";

/** The settings that a group has, without those that it leaves to the default; absent when it has none. */
export function readWorkspaceSettings(fields: FieldReader): Partial<WorkspaceSettings> | undefined {
  const all = {
    onConflict: fields.choice("on_conflict", CONFLICT_CHOICES),
    externalSymlinks: fields.choice("external_symlinks", EXTERNAL_SYMLINK_CHOICES),
    allowDeleteAll: fields.flag("allow_delete_all"),
    protect: readPatterns(fields, "protect", protectionProblem),
    syncGit: fields.flag("sync_git"),
    keepIgnored: fields.flag("keep_ignored"),
    ignore: readPatterns(fields, "ignore", patternProblem),
    gitignore: fields.flag("gitignore"),
    ...readLimits(fields),
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** One pattern or a list of them. Each is kept: a later one may take back what an earlier one says. */
function readPatterns(
  fields: FieldReader,
  field: string,
  problemOf: (pattern: string) => string | undefined,
): string[] | undefined {
  const value = fields.raw(field);
  if (value === null) return undefined;
  const list = typeof value === "string" ? [value] : value;
  if (isRawTable(list) && Object.keys(list).length === 0) return [];
  if (!Array.isArray(list))
    return fields.reject(field, `must be a list of patterns, got ${describeType(list)}`);
  const patterns: string[] = [];
  for (const item of list) {
    if (typeof item !== "string")
      return fields.reject(field, `must be a list of patterns, got a list with ${describeType(item)} in it`);
    const problem = problemOf(item);
    if (problem !== undefined) return fields.reject(field, problem);
    patterns.push(item);
  }
  return patterns;
}

function readLimits(fields: FieldReader): { maxBytes?: number; maxFiles?: number } {
  const value = fields.raw("limits");
  const limits: { maxBytes?: number; maxFiles?: number } = {};
  if (value === null) return limits;
  const reject = (message: string) => fields.reject("limits", message);
  if (!isRawTable(value)) {
    reject(`must be a table such as { bytes = "2GiB", files = 10000 }, got ${describeType(value)}`);
    return limits;
  }
  for (const name of Object.keys(value)) {
    const problem = refuseField(name, LIMIT_FIELDS);
    if (problem !== undefined) reject(problem);
  }
  const { bytes, files } = value;
  if (bytes !== undefined) {
    const size = parseByteSize(bytes);
    if ("problem" in size) reject(`bytes ${size.problem}`);
    else limits.maxBytes = size.bytes;
  }
  if (files !== undefined) {
    if (typeof files === "number" && Number.isInteger(files) && files >= 1) limits.maxFiles = files;
    else reject(`files must be a whole number of at least 1, got ${describeType(files)}`);
  }
  return limits;
}
