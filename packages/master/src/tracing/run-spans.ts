/**
 * Spans of a run: one for the run, one for each attempt, and in it one for each stage (`queue`, `sync`, `run`, `return`).
 * The names of attributes are those of OpenTelemetry's conventions for CI/CD where they have one.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/cicd/cicd-spans/
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Attributes,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Attempt, TaskResult } from "@sloth/runtime";
import type { RunEvent, RunSummary, TaskInfo } from "../events/run-event.js";
import { softwareVersion } from "../software-version.js";
import type { Tracing } from "./open-tracing.js";

type AttemptName = Pick<Attempt, "group" | "task" | "number">;
type StageName = "queue" | "sync" | "run" | "return";

interface AttemptSpans {
  span: Span;
  within: Context;
  stage?: { name: StageName; span: Span };
}

const FLUSH_TIMEOUT_MS = 2000;

export class RunSpans implements Tracing {
  readonly #tracer = trace.getTracer("sloth-master", softwareVersion);
  /** What the run itself is a part of, if its environment says so. */
  #within: Context = propagation.extract(ROOT_CONTEXT, variables());
  #run: Span | undefined;
  #names: Attributes = {};
  readonly #attempts = new Map<string, AttemptSpans>();

  listen(event: RunEvent): void {
    const { timeMs } = event;
    switch (event.type) {
      case "run-started":
        this.#start(event.run, timeMs);
        break;
      case "task-queued":
        this.#queued(event.task, timeMs);
        break;
      case "task-stage":
        this.#enter(nameOf(event.task, event.attempt), event.stage, timeMs);
        break;
      case "task-started":
        this.#enter(nameOf(event.task, event.attempt), "run", timeMs);
        break;
      case "task-retrying":
      case "task-finished":
        this.#endAttempt(event.task, event, timeMs);
        break;
      case "run-finished":
        this.#end(event.summary, timeMs);
    }
  }

  headersOf(attempt: AttemptName): Record<string, string> {
    const headers: Record<string, string> = {};
    propagation.inject(this.#attempt(attempt).within, headers);
    return headers;
  }

  async close(): Promise<void> {
    const flushing = provider().forceFlush?.();
    // What cannot be told must not keep a run from ending.
    await Promise.race([flushing?.catch(() => {}), sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #start({ runId, file }: { runId: string; file: string }, timeMs: number): void {
    this.#names = { "cicd.pipeline.name": file, "cicd.pipeline.run.id": runId };
    const options = { startTime: timeMs, attributes: this.#names };
    this.#run = this.#tracer.startSpan("sloth run", options, this.#within);
    this.#within = trace.setSpan(this.#within, this.#run);
  }

  /** It begins when it is first heard of. */
  #attempt({ group, task, number }: AttemptName, startTime = Date.now()): AttemptSpans {
    const key = keyOf({ group, task, number });
    const known = this.#attempts.get(key);
    if (known) return known;
    const attributes = {
      ...this.#names,
      "cicd.pipeline.task.name": group === "" ? task : `${group}/${task}`,
      "sloth.attempt": number,
    };
    const span = this.#tracer.startSpan(`task ${task}`, { startTime, attributes }, this.#within);
    const spans: AttemptSpans = { span, within: trace.setSpan(this.#within, span) };
    this.#attempts.set(key, spans);
    return spans;
  }

  #end({ failed, lost, ended }: RunSummary, timeMs: number): void {
    if (failed + lost > 0 || ended) this.#run?.setStatus({ code: SpanStatusCode.ERROR });
    this.#run?.end(timeMs);
  }

  /** Of which attempt is not told; it is the one that is not over. */
  #queued(task: TaskInfo, timeMs: number): void {
    const open = [...this.#attempts.entries()].find(([key]) => key.startsWith(keyOf(nameOf(task))));
    if (open) this.#stage(open[1], "queue", timeMs);
  }

  #enter(name: AttemptName, stage: StageName, timeMs: number): void {
    this.#stage(this.#attempt(name, timeMs), stage, timeMs);
  }

  #stage(spans: AttemptSpans, name: StageName, timeMs: number): void {
    if (spans.stage?.name === name) return;
    spans.stage?.span.end(timeMs);
    spans.stage = { name, span: this.#tracer.startSpan(name, { startTime: timeMs }, spans.within) };
  }

  #endAttempt(
    task: TaskInfo,
    { attempt, result }: { attempt: number; result: TaskResult },
    timeMs: number,
  ): void {
    const name = nameOf(task, attempt);
    const { span, stage } = this.#attempt(name, timeMs);
    this.#attempts.delete(keyOf(name));
    stage?.span.end(timeMs);
    span.setAttributes({
      "cicd.pipeline.task.run.result": result.status,
      ...(task.agent !== undefined && { "sloth.agent": task.agent }),
      ...(result.exitCode !== undefined && { "process.exit.code": result.exitCode }),
    });
    // The message may say what the task has read.
    if (result.status !== "succeeded") span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(timeMs);
  }
}

function nameOf(task: TaskInfo, number = 0): AttemptName {
  return { group: task.group, task: task.name, number };
}

/** With 0 as its number it is the beginning of the keys of all attempts of a task. */
function keyOf({ group, task, number }: AttemptName): string {
  return `${group}\0${task}\0${number || ""}`;
}

/** `TRACEPARENT` and `TRACESTATE`, as tools that start others in a trace set them. */
function variables(): Record<string, string> {
  const { TRACEPARENT, TRACESTATE } = process.env;
  return {
    ...(TRACEPARENT !== undefined && { traceparent: TRACEPARENT }),
    ...(TRACESTATE !== undefined && { tracestate: TRACESTATE }),
  };
}

/** What an SDK has registered; the interface does not say that it can be flushed. */
function provider(): { forceFlush?: () => Promise<void> } {
  const registered = trace.getTracerProvider() as { getDelegate?: () => object };
  return registered.getDelegate?.() ?? registered;
}
