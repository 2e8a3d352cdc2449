import { realpathSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { quote, WorkspaceError } from "../errors.js";

/**
 * Refuses a workspace that is most likely a slip: a task would be sent, and could change, everything the user has.
 * @throws {WorkspaceError} BROAD_ROOT
 */
export function refuseBroadRoot(realRoot: string): void {
  const what = broadness(realRoot);
  if (what === undefined) return;
  const message = `${quote(realRoot)} is ${what}, and all of it would be the workspace. Use a directory in it, or allow this explicitly.`;
  throw new WorkspaceError("BROAD_ROOT", message, { path: realRoot });
}

function broadness(realRoot: string): string | undefined {
  if (realRoot === "/") return "the root of the file system";
  return homes().includes(realRoot) ? "your home directory" : undefined;
}

/** As the environment has it and as the system has it. */
function homes(): string[] {
  return [homedir, () => userInfo().homedir].flatMap((home) => {
    try {
      return [realpathSync(home())];
    } catch {
      // A user without an entry, or an entry without a directory: nothing to mistake for a workspace.
      return [];
    }
  });
}
