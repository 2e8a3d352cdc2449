import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { AgentEvent, AgentEventSink } from "../events/agent-event.js";
import type { SlotQueue } from "../slots/slot-queue.js";

/** What an agent counts, in the text format of Prometheus. Names of runs and tasks are not in it: they have no end. */
export interface AgentMetrics {
  take: AgentEventSink;
  /** @returns the page, and its media type */
  page(): Promise<{ text: string; contentType: string }>;
}

export interface MetricsSource {
  slots: SlotQueue;
  softwareVersion: string;
  /** Whether new attempts are taken. */
  isReady(): boolean;
}

const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600];

export function createAgentMetrics({ slots, softwareVersion, isReady }: MetricsSource): AgentMetrics {
  const registry = new Registry();
  const registers = [registry];
  gauge("sloth_agent_slots", "How many attempts run at once.", () => slots.slots);
  gauge("sloth_agent_slots_in_use", "How many attempts have a slot.", () => slots.inUse);
  gauge("sloth_agent_queued", "How many attempts wait for a slot.", () => slots.waiting);
  gauge("sloth_agent_ready", "1 while new attempts are taken.", () => Number(isReady()));
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: "sloth_agent_info", help: "Always 1.", labelNames: ["version", "node"], registers }).set(
    { version: softwareVersion, node: process.version },
    1,
  );
  const accepted = new Counter({
    name: "sloth_agent_attempts_accepted_total",
    help: "Attempts that came.",
    registers,
  });
  const ended = new Counter({
    name: "sloth_agent_attempts_ended_total",
    help: "Attempts that ended, by how.",
    labelNames: ["outcome"],
    registers,
  });
  const waited = histogram("sloth_agent_wait_seconds", "From when an attempt came until it had a slot.");
  const lasted = histogram("sloth_agent_attempt_seconds", "From when an attempt came until it was let go.");

  function gauge(name: string, help: string, read: () => number): Gauge {
    return new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  function histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: SECONDS, registers });
  }

  return {
    take(event: AgentEvent) {
      if (event.type === "attempt-accepted") accepted.inc();
      if (event.type === "attempt-granted") waited.observe(event.waitedMs / 1000);
      if (event.type !== "attempt-ended") return;
      ended.inc({ outcome: event.outcome });
      lasted.observe(event.durationMs / 1000);
    },
    page: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
