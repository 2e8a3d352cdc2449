import { relative, sep } from "node:path";
import type { WorkspaceSettings } from "@sloth/dsl";
import ignore from "ignore";

/** What an `apply` to one workspace is told beside the changes. */
export interface ApplySettings {
  onConflict: WorkspaceSettings["onConflict"];
  externalSymlinks: WorkspaceSettings["externalSymlinks"];
  allowDeleteAll: boolean;
  /** Whether a task may not change a path, relative to the root; the last pattern that matches decides. */
  isProtected(path: string): boolean;
  /** Absolute paths of the files that no pattern has released. */
  protectedFiles: string[];
}

export type ApplySettingsInput = Pick<
  WorkspaceSettings,
  "onConflict" | "externalSymlinks" | "allowDeleteAll" | "protect"
>;

/**
 * Turns settings into what `Workspace.apply` takes. The patterns start with what is protected by default: git's own
 * directory and the workflow's files. sloth's own cannot be released at all; the workspace sees to that.
 *
 * @param place - the workspace's root, and the files of the workflow; absolute real paths
 */
export function applySettingsOf(
  settings: ApplySettingsInput,
  place: { root: string; workflowFiles: readonly string[] },
): ApplySettings {
  const inside = place.workflowFiles.flatMap((file) => pathInside(place.root, file) ?? []);
  const byDefault = [".git", ...inside.map((path) => `/${escapePattern(path)}`)];
  const rules = ignore({ ignorecase: false }).add([...byDefault, ...settings.protect]);
  // Whether the path is a directory is not known: a pattern for directories counts too.
  const isProtected = (path: string) => rules.ignores(path) || rules.ignores(`${path}/`);
  return {
    onConflict: settings.onConflict,
    externalSymlinks: settings.externalSymlinks,
    allowDeleteAll: settings.allowDeleteAll,
    isProtected,
    protectedFiles: place.workflowFiles.filter((file) => {
      const path = pathInside(place.root, file);
      return path === undefined || isProtected(path);
    }),
  };
}

function pathInside(root: string, file: string): string | undefined {
  const path = relative(root, file);
  const isOutside = path === "" || path === ".." || path.startsWith(`..${sep}`);
  return isOutside ? undefined : path.split(sep).join("/");
}

/** The pattern that matches this path alone. */
function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!#]/g, "\\$&").replace(/ +$/, (spaces) => "\\ ".repeat(spaces.length));
}
