import type { TaskInfo } from "../events/run-event.js";
import type { Outlet } from "./outlet.js";

/** How the lines of tasks that run at the same time are ordered. */
export const LOG_ORDERS = ["stream", "grouped"] as const;
export type LogOrder = (typeof LOG_ORDERS)[number];

/** Where the lines of tasks go. Calls do not overlap. */
export interface LinesOfTasks {
  of(task: TaskInfo): Outlet;
  /** The task has ended: all its lines have been shown when this resolves. */
  end(task: TaskInfo): Promise<void>;
  /** As {@link LinesOfTasks.end} of all tasks. */
  endAll(): Promise<void>;
}

/** Each line when it comes. */
export function streamed(outlet: Outlet): LinesOfTasks {
  return { of: () => outlet, end: async () => {}, endAll: async () => {} };
}
