import type { Group, LuaTable, Task } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import { fromJsonValue } from "../events/json-value.js";
import type { TaskInfo, WhySkipped } from "../events/run-event.js";
import type { TaskRecord } from "../run-store/run-record.js";
import type { Rerun } from "./rerun.js";

/** A task that an earlier run has settled. */
export type EarlierTask = { info: TaskInfo } & (
  | { /** The run in which it succeeded. */ from: string; result: TaskResult }
  | { why: WhySkipped }
);

/** The tasks of a group that do not run again. */
export function earlierTasks(
  group: Group,
  { settled, record: { runId } }: Rerun,
  infoOf: (task: Task) => TaskInfo,
): EarlierTask[] {
  return group.tasks.flatMap((task) => {
    const record = settled.get(task);
    if (!record) return [];
    const { agent } = record;
    return [earlierTask({ ...infoOf(task), ...(agent !== undefined && { agent }) }, record, runId)];
  });
}

function earlierTask(info: TaskInfo, record: TaskRecord, runId: string): EarlierTask {
  if (record.status !== "succeeded") return { info, why: whyOf(record) };
  const { message, outputs, exports, changes } = record;
  return {
    info,
    from: record.reusedFrom ?? runId,
    result: {
      status: "succeeded",
      ...(message !== undefined && { message }),
      ...(outputs !== undefined && { outputs: fromJsonValue(outputs as never) }),
      ...(exports !== undefined && { exports: fromJsonValue(exports as never) as LuaTable }),
      ...(changes && { changes }),
    },
  };
}

/** A handler that never came to be decided about had nothing to handle. */
function whyOf({ why }: TaskRecord): WhySkipped {
  return why === "condition" ? "condition" : "not-needed";
}
