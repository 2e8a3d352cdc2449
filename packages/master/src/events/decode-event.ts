import type { LuaTable } from "@sloth/dsl";
import { type EventLine, eventSchema } from "./event-schema.js";
import { parseJson } from "./json-text.js";
import { fromJsonValue } from "./json-value.js";
import { decodeResult } from "./result-json.js";
import type { RunEvent, RunHappening, RunInfo, TaskInfo } from "./run-event.js";

type Line<Type extends EventLine["type"]> = Extract<EventLine, { type: Type }>;

/**
 * Reads the events of one run back from their lines, in order: `run-started` says what the tasks are. A task of another
 * name is a function of a group that reports as one; of it only the name is known.
 */
export class EventDecoder {
  readonly #tasks = new Map<string, TaskInfo>();

  /** The event, or nothing for a line that is cut, or of a type that this version does not know. */
  decode(line: string): RunEvent | undefined {
    const parsed = eventSchema.safeParse(parseOrNothing(line));
    if (!parsed.success) return undefined;
    return defined({ timeMs: Date.parse(parsed.data.time), ...this.#happening(parsed.data) });
  }

  #happening(line: EventLine): RunHappening {
    const { type } = line;
    switch (type) {
      case "run-started":
        return { type, run: this.#learn(line) };
      case "group-started":
        return defined({ type, name: line.group, description: line.description });
      case "task-placed": {
        const task = Object.assign(this.#task(line), { agent: line.agent });
        return { type, task, attempt: line.attempt, agent: line.agent };
      }
      case "task-queued":
        return { type, task: this.#task(line), position: line.position };
      case "task-stage":
        return defined({
          type,
          task: this.#task(line),
          attempt: line.attempt,
          stage: line.stage,
          slots: line.slots,
        });
      case "task-transfer": {
        const { attempt, stage, doneBytes, totalBytes } = line;
        return { type, task: this.#task(line), attempt, stage, doneBytes, totalBytes };
      }
      case "task-started":
        return { type, task: this.#task(line), attempt: line.attempt };
      case "task-output":
        return { type, task: this.#task(line), stream: line.stream, bytes: bytesOf(line) };
      case "task-log": {
        const { level, message, fields, by } = line;
        const shown = fields === undefined ? {} : { fields: fromJsonValue(fields) as LuaTable };
        return { type, task: this.#task(line), record: { level, message, ...shown }, ...(by && { by }) };
      }
      case "task-retrying": {
        const { attempt, delayMs, result } = line;
        return { type, task: this.#task(line), attempt, delayMs, result: decodeResult(defined(result)) };
      }
      case "task-finished": {
        const { attempt, durationMs, result } = line;
        return { type, task: this.#task(line), attempt, durationMs, result: decodeResult(defined(result)) };
      }
      case "task-skipped":
        return { type, task: this.#task(line), why: line.why };
      case "task-reused":
        return { type, task: this.#task(line), from: line.from, result: decodeResult(defined(line.result)) };
      case "function-finished": {
        const { durationMs, result } = line;
        return { type, task: this.#task(line), durationMs, result: decodeResult(defined(result)) };
      }
      case "warning":
        return { type, message: line.message };
      case "run-finished": {
        const { v: _, time: __, type: ___, ...summary } = line;
        return { type, summary: defined(summary) };
      }
    }
  }

  #learn({ runId, file, groups, command }: Line<"run-started">): RunInfo {
    return {
      runId,
      file,
      groups: groups.map((group) => ({
        ...defined(group),
        tasks: group.tasks.map((task) => this.#add({ group: group.name, ...defined(task) })),
      })),
      ...(command && { command }),
    };
  }

  #task({ group, task: name }: { group: string; task: string }): TaskInfo {
    const known = this.#tasks.get(keyOf(group, name));
    return known ?? this.#add({ group, name, dependsOn: [], at: { file: "", line: 0 } });
  }

  #add(task: TaskInfo): TaskInfo {
    this.#tasks.set(keyOf(task.group, task.name), task);
    return task;
  }
}

function keyOf(group: string, name: string): string {
  return `${group}\0${name}`;
}

function bytesOf({ text, base64 }: Line<"task-output">): Uint8Array {
  return new Uint8Array(text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text));
}

function parseOrNothing(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    // Cut off, or no line of ours: either way nothing can be read from it.
    return undefined;
  }
}

/** Without the members that are undefined: absent is absent. */
export function defined<T extends object>(
  object: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
