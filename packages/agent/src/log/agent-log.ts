import type { AgentEvent, AgentEventSink } from "../events/agent-event.js";

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What the agent says of itself: a line for each thing that a person who operates it should know. */
export interface AgentLog {
  take: AgentEventSink;
  info(message: string): void;
  warn(message: string): void;
}

/** Lines for a person on stdout, or records of pino there. */
export async function openAgentLog(format: LogFormat): Promise<AgentLog> {
  if (format === "text") {
    const say = (line: string) => void process.stdout.write(`${line}\n`);
    const warn = (message: string) => void process.stderr.write(`sloth-agent: ${message}\n`);
    return {
      take: (event) => {
        if (event.type === "draining") say(describe(event));
        if (event.type === "warning") warn(event.message);
        if (event.type === "caller-refused") warn(`refused a call from ${event.address}: ${event.reason}`);
      },
      info: (message) => say(`sloth-agent ${message}`),
      warn,
    };
  }
  const { default: pino } = await import("pino");
  const log = pino({ name: "sloth-agent" });
  return {
    take: ({ type, ...fields }) =>
      type === "caller-refused" || type === "warning" ? log.warn(fields, type) : log.info(fields, type),
    info: (message) => log.info(message),
    warn: (message) => log.warn(message),
  };
}

function describe({ running }: Extract<AgentEvent, { type: "draining" }>): string {
  const tasks = running === 1 ? "1 task" : `${running} tasks`;
  return `sloth-agent draining: takes nothing new, waits for ${tasks}`;
}
