/**
 * One span for each attempt on this agent, as part of the master's where it tells of its own.
 *
 * Source: https://www.w3.org/TR/trace-context/ for the header, https://opentelemetry.io/docs/specs/semconv/cicd/ for
 * names of attributes
 */
import { propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { AgentEvent, AgentEventSink, AttemptName } from "../events/agent-event.js";
import { softwareVersion } from "../software-version.js";

export function attemptSpans(): AgentEventSink {
  const tracer = trace.getTracer("sloth-agent", softwareVersion);
  const spans = new Map<string, Span>();
  return (event) => {
    if (event.type === "attempt-accepted") spans.set(keyOf(event.attempt), start(event));
    if (event.type === "attempt-granted") spans.get(keyOf(event.attempt))?.addEvent("slot granted");
    if (event.type === "attempt-ended") end(event);
  };

  function start({ attempt, trace: headers }: Extract<AgentEvent, { type: "attempt-accepted" }>): Span {
    const { runId, group, task, number } = attempt;
    const attributes = {
      "cicd.pipeline.run.id": runId,
      "cicd.pipeline.task.name": group === "" ? task : `${group}/${task}`,
      "sloth.attempt": number,
    };
    const within = propagation.extract(ROOT_CONTEXT, headers);
    return tracer.startSpan(`attempt ${task}`, { kind: SpanKind.SERVER, attributes }, within);
  }

  function end({ attempt, outcome }: Extract<AgentEvent, { type: "attempt-ended" }>): void {
    const span = spans.get(keyOf(attempt));
    spans.delete(keyOf(attempt));
    span?.setAttribute("cicd.pipeline.task.run.result", outcome);
    if (outcome !== "succeeded") span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  }
}

function keyOf({ runId, group, task, number }: AttemptName): string {
  return JSON.stringify([runId, group, task, number]);
}
