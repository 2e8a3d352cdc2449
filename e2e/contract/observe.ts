import type { Attempt, TaskEvent, TaskResult } from "@sloth/runtime";
import type { ContractSubject } from "./subject.js";

/** What came of an attempt. */
export interface Observation {
  /** Types of the events, repetitions left out. */
  types: TaskEvent["type"][];
  stdout: Buffer;
  stderr: Buffer;
  /** Text of both streams and of log records, in the order of the events. */
  told: string;
  result: TaskResult;
}

export interface ObserveOptions {
  signal?: AbortSignal;
  /** Called for each event; the next one is asked for when it is done. */
  onEvent?: (event: TaskEvent) => void | Promise<void>;
}

/** Runs an attempt to its end. */
export async function observe(
  { runner }: ContractSubject,
  attempt: Attempt,
  { signal = new AbortController().signal, onEvent }: ObserveOptions = {},
): Promise<Observation> {
  const events: TaskEvent[] = [];
  for await (const event of runner.run(attempt, { signal })) {
    events.push(event);
    await onEvent?.(event);
  }
  const last = events.at(-1);
  if (last?.type !== "result") throw new Error(`The last event is ${last?.type}, not the result`);
  return {
    types: events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]),
    stdout: bytesOf(events, "stdout"),
    stderr: bytesOf(events, "stderr"),
    told: events.map(textOf).join(""),
    result: last.result,
  };
}

/** Runs an attempt, and cancels it at its first output. */
export function observeCancelled(subject: ContractSubject, attempt: Attempt): Promise<Observation> {
  const cancel = new AbortController();
  return observe(subject, attempt, {
    signal: cancel.signal,
    onEvent: (event) => {
      if (event.type === "output") cancel.abort();
    },
  });
}

function bytesOf(events: TaskEvent[], stream: "stdout" | "stderr"): Buffer {
  return Buffer.concat(
    events.flatMap((event) => (event.type === "output" && event.stream === stream ? [event.bytes] : [])),
  );
}

function textOf(event: TaskEvent): string {
  if (event.type === "output") return Buffer.from(event.bytes).toString();
  return event.type === "log" ? `[${event.record.level}] ${event.record.message}\n` : "";
}
