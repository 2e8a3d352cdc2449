import { join } from "node:path";
import type { TaskInfo } from "../../events/run-event.js";
import { logFileOf } from "../../run-store/run-files.js";
import { readEvents, type StoredRun } from "../../run-store/stored-runs.js";
import { PlainView } from "../../view/plain-view.js";
import type { Output } from "../output.js";

/** Shows a run again as it was shown. */
export async function replay({ directory }: StoredRun, output: Output): Promise<void> {
  const logOf = ({ group, name: task }: TaskInfo) => join(directory, logFileOf({ group, task }));
  const view = new PlainView({ ...output, logOf });
  for await (const event of readEvents(directory)) {
    if (output.stdout.closed) break;
    await view.show(event);
  }
  await view.close();
}
