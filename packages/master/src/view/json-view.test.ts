import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { EventDecoder } from "../events/decode-event.js";
import type { RunEvent, TaskInfo } from "../events/run-event.js";
import { JsonView } from "./json-view.js";
import { LineWriter } from "./line-writer.js";

it("prints each event as a line, and characters whole", async () => {
  const task: TaskInfo = { group: "g", name: "t", dependsOn: [], at: { file: "w.lua", line: 1 } };
  const bytes = Buffer.from("olá\n");
  const run = { runId: "r", file: "/w.lua", groups: [{ name: "g", tasks: [task] }] };
  const events: RunEvent[] = [
    { timeMs: 1, type: "run-started", run },
    { timeMs: 2, type: "task-output", task, stream: "stdout", bytes: bytes.subarray(0, 3) },
    { timeMs: 3, type: "task-output", task, stream: "stdout", bytes: bytes.subarray(3) },
  ];
  const stdout = new PassThrough();
  const view = new JsonView(new LineWriter(stdout));
  for (const event of events) await view.show(event);
  const decoder = new EventDecoder();
  const lines = String(stdout.read()).split("\n");
  expect(lines.map((line) => decoder.decode(line))).toEqual([
    events[0],
    { timeMs: 2, type: "task-output", task, stream: "stdout", bytes: new Uint8Array(Buffer.from("ol")) },
    { timeMs: 3, type: "task-output", task, stream: "stdout", bytes: new Uint8Array(Buffer.from("á\n")) },
    undefined,
  ]);
});
