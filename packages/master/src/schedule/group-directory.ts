import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlannedGroup } from "../plan/plan-run.js";

/** Where a group runs. */
export interface GroupDirectory {
  /** The group, with its tasks in that directory. */
  group: PlannedGroup;
  path: string;
  /** Removes it, where it was made for the group. A directory that the user named is never removed. */
  remove(): Promise<void>;
  /** Whether it was made for the group. */
  isTemporary: boolean;
}

/** The directory that the workflow names, or a fresh temporary one where it asks for that. */
export async function openGroupDirectory(group: PlannedGroup): Promise<GroupDirectory> {
  const { workspace, createWorkdir } = group;
  if (!createWorkdir) return { group, path: workspace, isTemporary: false, remove: async () => {} };
  const path = await realpath(await mkdtemp(join(tmpdir(), "sloth-group-")));
  const tasks = group.tasks.map((task) =>
    task.workspace === workspace ? { ...task, workspace: path } : task,
  );
  return {
    group: { ...group, workspace: path, tasks },
    path,
    isTemporary: true,
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
