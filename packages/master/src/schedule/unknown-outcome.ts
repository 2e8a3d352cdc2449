import type { TaskRunner } from "@sloth/runtime";
import type { TaskInfo } from "../events/run-event.js";

/** For a task that was under way when its run was killed, and that cannot be joined. */
export function unknownOutcome({ group, name }: Pick<TaskInfo, "group" | "name">): TaskRunner {
  const message =
    "It was under way when its run was killed, and ended with it; whether it had finished is unknown. " +
    `If ${group}/${name} may run again: sloth run --rerun-failed.`;
  return {
    async *run() {
      yield { type: "result", result: { status: "lost", message } };
    },
  };
}
