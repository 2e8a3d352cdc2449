import { DEFAULT_WORKSPACE_SETTINGS, type WorkspaceSettings } from "@sloth/dsl";

/**
 * What holds for a workspace: what the user typed, else what the workflow says, else the default. Patterns add up,
 * the typed ones last: as in a `.gitignore` a later one decides, so `--protect` never takes a protection away unless
 * it says so with a `!`.
 */
export function resolveWorkspaceSettings(
  written: Partial<WorkspaceSettings> = {},
  typed: Partial<WorkspaceSettings> = {},
): WorkspaceSettings {
  return {
    ...DEFAULT_WORKSPACE_SETTINGS,
    ...written,
    ...withoutUndefined(typed),
    protect: [...(written.protect ?? []), ...(typed.protect ?? [])],
    ignore: [...(written.ignore ?? []), ...(typed.ignore ?? [])],
  };
}

function withoutUndefined<T extends object>(fields: T): Partial<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
