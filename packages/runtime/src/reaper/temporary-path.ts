import { tmpdir } from "node:os";
import { join } from "node:path";
import { reapedMark } from "./reaper.js";
import { temporaryPrefix } from "./temporary-prefix.js";

/** How the names of what this process has in the system's temporary directory begin; the reaper removes what is left. */
export function temporaryPath(kind: "input" | "lua" | "pipes"): string {
  return join(tmpdir(), `${temporaryPrefix(reapedMark().id)}${kind}-`);
}
