import fc from "fast-check";
import { expect, it } from "vitest";
import type { RunEvent, TaskInfo } from "./run-event.js";
import { wholeCharacters } from "./whole-characters.js";

const task: TaskInfo = { group: "g", name: "t", dependsOn: [], at: { file: "", line: 0 } };
const output = (stream: "stdout" | "stderr", bytes: Uint8Array): RunEvent => ({
  timeMs: 1,
  type: "task-output",
  task,
  stream,
  bytes,
});
const finished: RunEvent = {
  timeMs: 2,
  type: "task-finished",
  task,
  attempt: 1,
  durationMs: 1,
  result: { status: "succeeded" },
};

function outputs(events: RunEvent[], wanted = "stdout"): Buffer[] {
  return events.flatMap((event) =>
    event.type === "task-output" && event.stream === wanted ? [Buffer.from(event.bytes)] : [],
  );
}

it("keeps a character whole that comes in several pieces, each stream for itself", () => {
  const pass = wholeCharacters();
  const [a, b] = [Buffer.from("a€"), Buffer.from("😀b")];
  const events = [
    output("stdout", a.subarray(0, 2)),
    output("stderr", b.subarray(0, 3)),
    output("stdout", a.subarray(2, 3)),
    output("stderr", b.subarray(3)),
    output("stdout", a.subarray(3)),
  ].flatMap(pass);
  expect(outputs(events).map(String)).toEqual(["a", "€"]);
  expect(outputs(events, "stderr").map(String)).toEqual(["😀b"]);
});

it("passes every byte on, before the end of the attempt", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: "grapheme" }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(fc.array(bytes), fc.integer({ min: 1, max: 5 }), (parts, size) => {
      const whole = Buffer.concat(parts);
      const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        output("stdout", whole.subarray(index * size, (index + 1) * size)),
      );
      const passed = [...pieces, finished].flatMap(wholeCharacters());
      expect(Buffer.concat(outputs(passed))).toEqual(whole);
      expect(passed.at(-1)).toBe(finished);
    }),
  );
});
