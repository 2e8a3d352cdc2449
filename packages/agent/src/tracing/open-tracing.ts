import type { AgentEventSink } from "../events/agent-event.js";

/** Where every copy of `@opentelemetry/api` in a process finds what an SDK has registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Tells OpenTelemetry of attempts; brings its code in only where an SDK is there to take it. */
export async function openTracing(): Promise<AgentEventSink | undefined> {
  if (!(REGISTERED in globalThis)) return undefined;
  return (await import("./attempt-spans.js")).attemptSpans();
}
