import type { TaskResult } from "@sloth/runtime";
import type { TaskInfo } from "../events/run-event.js";
import { formatDuration } from "./format-duration.js";
import { printable } from "./printable.js";
import { style } from "./style.js";
import { nameOf } from "./task-name.js";

/** `✓ build@b1 in 1.2 s (+1 ~2 -0): message`, of an attempt without its time. */
export function describeEnding(
  sink: { color: boolean },
  task: TaskInfo,
  { result, durationMs }: { result: TaskResult; durationMs?: number },
): string {
  const good = result.status === "succeeded";
  const mark = style(sink, good ? "green" : "red", `${good ? "✓" : "✗"} ${nameOf(task)}`);
  const words = good ? "" : ` ${result.status}`;
  const time = durationMs === undefined ? "" : ` in ${formatDuration(durationMs)}`;
  const changes = result.changes ? formatChanges(result.changes) : "";
  const message = result.message ? `: ${printable(result.message)}` : "";
  return `${mark}${words}${time}${changes}${message}`;
}

function formatChanges({ added, modified, deleted }: NonNullable<TaskResult["changes"]>): string {
  if (added + modified + deleted === 0) return "";
  return ` (+${added} ~${modified} -${deleted})`;
}
