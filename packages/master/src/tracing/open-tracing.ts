import type { Attempt } from "@sloth/runtime";
import type { RunEvent } from "../events/run-event.js";

/** What a run tells of itself to OpenTelemetry. */
export interface Tracing {
  listen(event: RunEvent): void;
  /** The headers that let an agent tell of an attempt as part of this run. */
  headersOf(attempt: Pick<Attempt, "group" | "task" | "number">): Record<string, string>;
  /** Waits for what is told to have left, at most two seconds. */
  close(): Promise<void>;
}

/** Where every copy of `@opentelemetry/api` in a process finds what an SDK has registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Brings its code in only where an SDK is there to take it. */
export async function openTracing(): Promise<Tracing | undefined> {
  if (!(REGISTERED in globalThis)) return undefined;
  const { RunSpans } = await import("./run-spans.js");
  return new RunSpans();
}
