import { relative, sep } from "node:path";
import type { WorkspaceSettings } from "@sloth/dsl";
import { pathMatcher } from "@sloth/workspace";
import { SETTINGS_NAME, WORKFLOW_NAMES } from "./found-names.js";

/** What an `apply` to one workspace is told beside the changes. */
export interface ApplySettings {
  onConflict: WorkspaceSettings["onConflict"];
  externalSymlinks: WorkspaceSettings["externalSymlinks"];
  allowDeleteAll: boolean;
  /** Whether the patterns release `.git` at the root. */
  releaseGit: boolean;
  /** Whether a task may not change a path, relative to the root; the last pattern that matches decides. */
  isProtected(path: string, isDirectory: boolean): boolean;
  /** Those files of the workflow that no pattern has released, relative to the root. */
  protectedFiles: string[];
}

export type ApplySettingsInput = Pick<
  WorkspaceSettings,
  "onConflict" | "externalSymlinks" | "allowDeleteAll" | "protect"
>;

/**
 * Turns settings into what `Workspace.apply` takes. The patterns start with what is protected by default: git's own
 * directory, the workflow's files, and what the next run would find and take for a workflow or for settings: it would
 * run here what came from an agent. sloth's own cannot be released at all; the workspace sees to that.
 *
 * @param place - the workspace's root, and the files of the workflow; absolute real paths
 */
export function applySettingsOf(
  settings: ApplySettingsInput,
  place: { root: string; workflowFiles: readonly string[] },
): ApplySettings {
  const files = place.workflowFiles.flatMap((file) => pathInside(place.root, file) ?? []);
  const byDefault = [
    ".git",
    ...WORKFLOW_NAMES,
    SETTINGS_NAME,
    ...files.map((path) => `/${escapePattern(path)}`),
  ];
  const isProtected = pathMatcher([...byDefault, ...settings.protect]);
  return {
    onConflict: settings.onConflict,
    externalSymlinks: settings.externalSymlinks,
    allowDeleteAll: settings.allowDeleteAll,
    releaseGit: !isProtected(".git", true),
    isProtected,
    protectedFiles: files.filter((path) => isProtected(path, false)),
  };
}

function pathInside(root: string, file: string): string | undefined {
  const path = relative(root, file);
  const isOutside = path === "" || path === ".." || path.startsWith(`..${sep}`);
  return isOutside ? undefined : path.split(sep).join("/");
}

/** The pattern that matches this path; a line break has no escape. */
function escapePattern(path: string): string {
  return path
    .replace(/[\\*?[\]!#]/g, "\\$&")
    .replace(/[\r\n]/g, "?")
    .replace(/ +$/, (spaces) => "\\ ".repeat(spaces.length));
}
