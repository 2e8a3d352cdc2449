import type { PageData, PageStatus, PageTask } from "../page-data.js";

/** What is to be seen of the tasks. */
export interface Filter {
  /** Words that all must be in a task's group, name, machine or status. */
  text: string;
  /** Empty: of any status. */
  statuses: ReadonlySet<PageStatus>;
  criticalOnly: boolean;
}

export const EVERYTHING: Filter = { text: "", statuses: new Set(), criticalOnly: false };

/** Which tasks a filter lets through, by their indexes. */
export function matchTasks({ tasks, groups }: PageData, filter: Filter): boolean[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return tasks.map((task) => {
    if (filter.criticalOnly && !task.isCritical) return false;
    if (filter.statuses.size > 0 && !filter.statuses.has(task.status)) return false;
    if (words.length === 0) return true;
    const text = textOf(task, groups[task.group]?.name ?? "");
    return words.every((word) => text.includes(word));
  });
}

function textOf({ name, where, status }: PageTask, group: string): string {
  return `${group}/${name} ${where} ${status}`.toLowerCase();
}
