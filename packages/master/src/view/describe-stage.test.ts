import { expect, it } from "vitest";
import type { ActiveTask } from "./active-tasks.js";
import { describeStage } from "./describe-stage.js";
import { sampleTransfer } from "./transfer-rate.js";

function transfer(doneBytes: number) {
  const first = sampleTransfer(undefined, { doneBytes: 0, totalBytes: 340e6 }, 0);
  return sampleTransfer(first, { doneBytes, totalBytes: 340e6 }, 2000);
}

it.each<[Partial<ActiveTask>, string[]]>([
  [{ state: "running" }, []],
  [{ state: "preparing" }, []],
  [{ state: "queued", position: 2 }, ["queued, place 2"]],
  [{ state: "retrying", attempt: 2 }, ["waits for attempt 2"]],
  [{ state: "sending" }, ["sending"]],
  [{ state: "sending", transfer: transfer(82e6) }, ["sending 82 MB of 340 MB", "41 MB/s", "7 s left"]],
  [{ state: "fetching", transfer: transfer(0) }, ["fetching 0 B of 340 MB", "0 B/s"]],
  [{ state: "sending", transfer: transfer(340e6) }, ["sending 340 MB"]],
])("%j is %j", (fields, described) => {
  const task = { group: "g", name: "t", dependsOn: [], at: { file: "w.lua", line: 1 } };
  const active: ActiveTask = { task, state: "running", sinceMs: 0, attempt: 1, ...fields };
  expect(describeStage(active, 2000)).toEqual(described);
});
