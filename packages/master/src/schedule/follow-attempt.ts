import type { Attempt, TaskResult, TaskRunner } from "@sloth/runtime";
import type { RunEventSink, TaskInfo } from "../events/run-event.js";

export interface FollowOptions {
  runner: TaskRunner;
  /** Whose the events are. */
  task: TaskInfo;
  emit: RunEventSink;
  signal: AbortSignal;
  /** Do not say that the task has started: what runs is not its command. Default false. */
  isSilent?: boolean;
}

/** Runs an attempt, tells what happens, and gives its result. */
export async function followAttempt(attempt: Attempt, options: FollowOptions): Promise<TaskResult> {
  const { runner, task, emit, signal, isSilent = false } = options;
  for await (const event of runner.run(attempt, { signal })) {
    switch (event.type) {
      case "placed":
        if (event.agent === task.agent) break;
        // Whoever knows the task knows where it is from now on; who reads the events, by the event.
        task.agent = event.agent;
        await emit({ type: "task-placed", task, attempt: attempt.number, agent: event.agent });
        break;
      case "queued":
        await emit({ type: "task-queued", task, position: event.position });
        break;
      case "stage":
        await emit({ ...event, type: "task-stage", task, attempt: attempt.number });
        break;
      case "transfer":
        await emit({ ...event, type: "task-transfer", task, attempt: attempt.number });
        break;
      case "started":
        if (!isSilent) await emit({ type: "task-started", task, attempt: attempt.number });
        break;
      case "output":
        await emit({ type: "task-output", task, stream: event.stream, bytes: event.bytes });
        break;
      case "log":
        await emit({ ...event, type: "task-log", task });
        break;
      case "result":
        return event.result;
    }
  }
  throw new Error(`The runner of task "${task.name}" ended without a result.`);
}
