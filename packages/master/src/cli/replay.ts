import { readEvents, type StoredRun } from "../run-store/stored-runs.js";
import { PlainView } from "../view/plain-view.js";
import type { Output } from "./output.js";

/** Shows a run again as it was shown. */
export async function replay({ directory }: StoredRun, output: Output): Promise<void> {
  const view = new PlainView(output);
  for await (const event of readEvents(directory)) {
    if (output.stdout.closed) break;
    await view.show(event);
  }
  await view.close();
}
