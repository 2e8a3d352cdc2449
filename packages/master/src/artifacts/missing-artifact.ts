import { join } from "node:path";
import { findMatches, matchesPattern } from "@sloth/runtime";
import type { PlannedTask } from "../plan/plan-run.js";

/** Why a task that has succeeded has not done so: something that it is to save is not in its working directory. */
export function missingArtifact({ task, workspace, workdir }: PlannedTask): string | undefined {
  const root = join(workspace, workdir);
  return firstMissing(task.artifacts, (pattern) => findMatches(root, pattern).size > 0);
}

/**
 * The same of a workspace that is not here yet.
 * @param paths - of all that is in it, relative to its root; walked once for each pattern, and only where there are some
 */
export function missingAmong(
  paths: () => Iterable<string>,
  { task, workdir }: PlannedTask,
): string | undefined {
  const within = workdir === "" ? "" : `${workdir}/`;
  return firstMissing(task.artifacts, (pattern) => {
    for (const path of paths())
      if (path.startsWith(within) && matchesPattern(path.slice(within.length), pattern)) return true;
    return false;
  });
}

function firstMissing(
  patterns: readonly string[] = [],
  isThere: (pattern: string) => boolean,
): string | undefined {
  for (const pattern of patterns) {
    if (pattern.startsWith("/") || pattern.split("/").includes(".."))
      return `artifacts "${pattern}": it must be inside of the working directory`;
    if (!isThere(pattern)) return `artifacts "${pattern}": the task has made nothing of that name`;
  }
  return undefined;
}
