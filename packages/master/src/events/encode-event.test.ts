import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { randomEvents, randomValue } from "../testing/random-events.js";
import { EventDecoder } from "./decode-event.js";
import { encodeEvent } from "./encode-event.js";
import { eventSchema } from "./event-schema.js";
import { parseJson, writeJson } from "./json-text.js";
import { fromJsonValue, toJsonValue } from "./json-value.js";
import type { RunEvent, TaskInfo } from "./run-event.js";

const task: TaskInfo = { group: "g", name: "t", dependsOn: [], at: { file: "", line: 0 } };

describe("an event as JSON", () => {
  it("comes back as it was, with the tasks of its run", () => {
    fc.assert(
      fc.property(randomEvents, (events) => {
        const decoder = new EventDecoder();
        const lines = events.map(encodeEvent);
        for (const line of lines) expect(line).not.toContain("\n");
        expect(lines.map((line) => decoder.decode(line))).toEqual(events);
      }),
      { numRuns: 500 },
    );
  });

  it("reads well", () => {
    const event: RunEvent = {
      timeMs: 0,
      type: "task-output",
      task,
      stream: "stdout",
      bytes: Buffer.from("olá\n"),
    };
    expect(encodeEvent(event)).toBe(
      '{"v":1,"time":"1970-01-01T00:00:00.000Z","type":"task-output","group":"g","task":"t","stream":"stdout","text":"olá\\n"}',
    );
    expect(JSON.parse(encodeEvent({ ...event, bytes: Uint8Array.of(255) }))).toMatchObject({
      base64: "/w==",
    });
  });

  it.each([
    '{"v":1,"time":"2026-01-01T00:00:00.000Z","type":"task-moved","group":"g","task":"t"}',
    '{"v":1,"time":"2026-01-01T00:00:00.000Z","type":"warn',
    '{"v":1,"time":"2026-01-01T00:00:00.000Z","type":"warning"}',
    "[]",
    "",
  ])("is passed by where it is not understood: %s", (line) => {
    expect(new EventDecoder().decode(line)).toBeUndefined();
  });

  it("may have fields of a newer version", () => {
    const line =
      '{"v":1,"time":"2026-01-01T00:00:00.000Z","type":"warning","message":"careful","severity":"high"}';
    expect(new EventDecoder().decode(line)).toEqual({
      timeMs: Date.parse("2026-01-01"),
      type: "warning",
      message: "careful",
    });
  });

  it("is described by the published schema", () => {
    const location = new URL("../../../../docs/schema/run-event.v1.json", import.meta.url);
    const schema = z.toJSONSchema(eventSchema, { io: "input" });
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env.UPDATE_SCHEMA) writeFileSync(location, text);
    expect(readFileSync(location, "utf8")).toBe(text);
  });
});

describe("a value of Lua as JSON", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(randomValue, fc.constantFrom("", "  "), (value, indent) => {
        expect(fromJsonValue(parseJson(writeJson(toJsonValue(value), indent)))).toEqual(value);
      }),
    );
  });

  it.each([
    [2n ** 63n - 1n, "9223372036854775807"],
    [2 ** 53, "9007199254740992.0"],
    [1e21, "1e+21"],
    [-0, "-0.0"],
    [Number.NaN, '{"number":"nan"}'],
    [Uint8Array.of(0xff), '{"base64":"/w=="}'],
    [{ base64: "x" }, '{"table":{"base64":"x"}}'],
    [{ integer: "1" }, '{"table":{"integer":"1"}}'],
    [
      { base64: "x", more: 'a "12345678901234567890" b' },
      '{"base64":"x","more":"a \\"12345678901234567890\\" b"}',
    ],
    [[], "[]"],
    [{}, "{}"],
  ])("writes %s so", (value, text) => {
    expect(writeJson(toJsonValue(value))).toBe(text);
    expect(fromJsonValue(parseJson(text))).toEqual(value);
  });
});
