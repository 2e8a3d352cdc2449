import { stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import type { Attempt } from "../task-runner.js";

/** Where a task runs, or why it cannot run there. */
export async function resolveWorkingDirectory(
  attempt: Pick<Attempt, "workspace" | "workdir">,
): Promise<{ directory: string } | { problem: string }> {
  const directory = resolve(attempt.workspace, attempt.workdir);
  const inside = relative(attempt.workspace, directory);
  if (isAbsolute(inside) || inside.split("/")[0] === "..") {
    return {
      problem: `The working directory ${attempt.workdir} is outside of the workspace ${attempt.workspace}`,
    };
  }
  const stats = await stat(directory).catch((error: NodeJS.ErrnoException) => error);
  if (stats instanceof Error) {
    const reason = stats.code === "ENOENT" ? "does not exist" : `cannot be entered: ${stats.code}`;
    return { problem: `The working directory ${called(attempt)} ${reason}` };
  }
  if (!stats.isDirectory()) return { problem: `The working directory ${called(attempt)} is not a directory` };
  return { directory };
}

/** Here and on an agent the same: where an agent keeps a workspace helps nobody. */
function called({ workspace, workdir }: Pick<Attempt, "workspace" | "workdir">): string {
  return workdir === "" ? workspace : `"${workdir}" of the workspace`;
}
