import { quote, WorkspaceError } from "../errors.js";
import type { ManifestEntry } from "../manifest/entry.js";

export function missingContent(entry: ManifestEntry): WorkspaceError {
  const message = `The content of ${quote(entry.path)} was not received. Nothing was changed.`;
  return new WorkspaceError("MISSING_CONTENT", message, { path: entry.path });
}
