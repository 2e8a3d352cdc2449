import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { EventDecoder } from "../../events/decode-event.js";
import { encodeEvent } from "../../events/encode-event.js";
import type { RunEvent, RunHappening } from "../../events/run-event.js";
import { wholeCharacters } from "../../events/whole-characters.js";
import { REPORT_KINDS } from "../../reports/report-target.js";
import { randomEvents } from "../../testing/random-events.js";
import { eventsOf, finished, started, taskInfo } from "../../testing/report-events.js";
import { openReports, type Reports } from "./open-reports.js";

/** The events as they are read from a record. */
function recorded(events: readonly RunEvent[]): RunEvent[] {
  const decoder = new EventDecoder();
  const lines = events.flatMap(wholeCharacters()).map(encodeEvent);
  return lines.flatMap((line) => decoder.decode(line) ?? []);
}

/** Two streams with bytes that look like the start of a character, and are none. */
function brokenCharacters(): RunEvent[] {
  const task = taskInfo("broken");
  const print = (stream: "stdout" | "stderr", ...bytes: number[]): RunHappening => ({
    type: "task-output",
    task,
    stream,
    bytes: Uint8Array.from(bytes),
  });
  const summary = { succeeded: 1, failed: 0, lost: 0, cancelled: 0, skipped: 0, durationMs: 4 };
  return eventsOf(
    [task],
    [
      [0, started(task)],
      [1, print("stdout", 0xc0, 0xc0)],
      [2, print("stderr", 0x61)],
      [3, finished(task)],
      [4, { type: "run-finished", summary }],
    ],
  );
}

it("writes the same of the events of a run and of its record", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sloth-reports-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const filesOf = async (name: string, take: (reports: Reports) => void) => {
    const targets = REPORT_KINDS.map((kind) => ({ kind, path: join(directory, `${name}.${kind}`) }));
    const reports = await openReports(targets);
    take(reports);
    expect(await reports.write()).toEqual([]);
    return targets.map(({ path }) => readFileSync(path, "utf8"));
  };
  await fc.assert(
    fc.asyncProperty(randomEvents, async (events) => {
      const live = await filesOf("live", ({ listen }) => {
        for (const event of events) void listen(event);
      });
      const again = await filesOf("again", ({ read }) => recorded(events).forEach(read));
      expect(again).toEqual(live);
    }),
    { numRuns: Number(process.env.SLOTH_PROPERTY_RUNS ?? 50), examples: [[brokenCharacters()]] },
  );
});
