import { incompleteLength } from "./incomplete-character.js";
import type { RunEvent, TaskInfo } from "./run-event.js";

type Output = Extract<RunEvent, { type: "task-output" }>;

/**
 * Passes events on such that no output ends within a UTF-8 character: the bytes of one that is not complete wait, at
 * most three for each stream of a task, and stand at the start of what the stream brings next. No byte is lost, altered
 * or moved within its stream; what never becomes a character follows before the end of the attempt.
 */
export function wholeCharacters(): (event: RunEvent) => RunEvent[] {
  const waiting = new Map<string, Output>();

  function join(event: Output): RunEvent[] {
    const key = keyOf(event.task, event.stream);
    const before = waiting.get(key)?.bytes;
    const bytes = before ? Buffer.concat([before, event.bytes]) : event.bytes;
    const length = bytes.length - incompleteLength(bytes);
    if (length < bytes.length) waiting.set(key, { ...event, bytes: Uint8Array.from(bytes.subarray(length)) });
    else if (before) waiting.delete(key);
    if (length === 0 && bytes.length > 0) return [];
    return [
      bytes === event.bytes && length === bytes.length
        ? event
        : { ...event, bytes: bytes.subarray(0, length) },
    ];
  }

  function release(keys: Iterable<string>, timeMs: number): RunEvent[] {
    const released: RunEvent[] = [];
    for (const key of keys) {
      const held = waiting.get(key);
      if (held && waiting.delete(key)) released.push({ ...held, timeMs });
    }
    return released;
  }

  return (event) => {
    switch (event.type) {
      case "task-output":
        return join(event);
      case "task-retrying":
      case "task-finished": {
        if (waiting.size === 0) return [event];
        const keys = [keyOf(event.task, "stdout"), keyOf(event.task, "stderr")];
        return [...release(keys, event.timeMs), event];
      }
      case "run-finished":
        return [...release([...waiting.keys()], event.timeMs), event];
      default:
        return [event];
    }
  };
}

function keyOf({ group, name }: TaskInfo, stream: string): string {
  return `${group}\0${name}\0${stream}`;
}
