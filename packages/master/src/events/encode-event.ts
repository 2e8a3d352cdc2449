import { isUtf8 } from "node:buffer";
import { withJsonText } from "./json-bytes.js";
import { writeJson } from "./json-text.js";
import { type JsonObject, toJsonValue } from "./json-value.js";
import { encodeResult } from "./result-json.js";
import type { RunEvent, RunInfo } from "./run-event.js";

/** The version of the format (`event-schema.ts`). */
const VERSION = 1;

/**
 * An event as one line of JSON, without its line break. Bytes that are not UTF-8 as they stand become `base64`, also
 * where only their first or last character is cut: to keep characters whole is for {@link wholeCharacters}, which
 * comes before.
 */
export function encodeEvent(event: RunEvent): string {
  const line = encodeLine(event);
  return line.toString("utf8", 0, line.length - 1);
}

/** As {@link encodeEvent}, in bytes and with the line break. */
export function encodeLine(event: RunEvent): Buffer {
  const { type } = event;
  const head = { v: VERSION, time: formatTime(event.timeMs), type };
  if (type !== "task-output") return Buffer.from(`${writeJson({ ...head, ...fieldsOf(event) })}\n`);
  const { stream, bytes } = event;
  const start = JSON.stringify({ ...head, ...taskOf(event), stream }).slice(0, -1);
  if (isUtf8(bytes)) return withJsonText(`${start},"text":"`, bytes, '"}\n');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Buffer.from(`${start},"base64":"${buffer.toString("base64")}"}\n`);
}

/** Everything but what all events have. */
function fieldsOf(event: Exclude<RunEvent, { type: "task-output" }>): JsonObject {
  switch (event.type) {
    case "run-started":
      return describeRun(event.run);
    case "group-started":
      return { group: event.name, description: event.description };
    case "task-placed":
      return { ...taskOf(event), attempt: event.attempt, agent: event.agent };
    case "task-queued":
      return { ...taskOf(event), position: event.position };
    case "task-stage":
      return {
        ...taskOf(event),
        attempt: event.attempt,
        stage: event.stage,
        ...(event.slots !== undefined && { slots: event.slots }),
      };
    case "task-transfer": {
      const { attempt, stage, doneBytes, totalBytes } = event;
      return { ...taskOf(event), attempt, stage, doneBytes, totalBytes };
    }
    case "task-started":
      return { ...taskOf(event), attempt: event.attempt };
    case "task-log": {
      const { level, message, fields } = event.record;
      const by = event.by && { by: event.by };
      return { ...taskOf(event), level, message, ...(fields && { fields: toJsonValue(fields) }), ...by };
    }
    case "task-retrying":
      return {
        ...taskOf(event),
        attempt: event.attempt,
        delayMs: event.delayMs,
        result: encodeResult(event.result),
      };
    case "task-finished": {
      const { attempt, durationMs } = event;
      return { ...taskOf(event), attempt, durationMs, result: encodeResult(event.result) };
    }
    case "task-skipped":
      return { ...taskOf(event), why: event.why };
    case "task-reused":
      return { ...taskOf(event), from: event.from, result: encodeResult(event.result) };
    case "function-finished":
      return { ...taskOf(event), durationMs: event.durationMs, result: encodeResult(event.result) };
    case "warning":
      return { message: event.message };
    case "run-finished":
      return { ...event.summary };
  }
}

function describeRun({ runId, file, groups, command }: RunInfo): JsonObject {
  return {
    runId,
    file,
    groups: groups.map(({ name, description, tasks }) => ({
      name,
      description,
      tasks: tasks.map(({ group: _, at, ...task }) => ({ ...task, at: { ...at } })),
    })),
    ...(command && { command: { ...command } }),
  };
}

function taskOf({ task }: Extract<RunEvent, { task: unknown }>) {
  return { group: task.group, task: task.name };
}

/** ISO 8601 in UTC, with milliseconds. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
