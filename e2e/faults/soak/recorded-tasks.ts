import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the record of a run says of one task. */
export interface RecordedTask {
  /** What each attempt has printed, in order. */
  outputs: string[];
  status?: string;
  message?: string;
}

/** Of all tasks of the only run in a directory, by their names. */
export async function readRecordedTasks(directory: string): Promise<Map<string, RecordedTask>> {
  const runs = join(directory, ".sloth/runs");
  const [run = ""] = readdirSync(runs);
  const tasks = new Map<string, RecordedTask>();
  for await (const line of createInterface(createReadStream(join(runs, run, "events.ndjson")))) {
    const event = JSON.parse(line);
    if (typeof event.task !== "string") continue;
    const task = tasks.get(event.task) ?? { outputs: [""] };
    tasks.set(event.task, task);
    if (event.type === "task-output") task.outputs.push((task.outputs.pop() ?? "") + event.text);
    if (event.type === "task-retrying") task.outputs.push("");
    if (event.type === "task-finished") Object.assign(task, event.result);
  }
  return tasks;
}
