import { parseTypedDuration } from "@sloth/dsl";
import type { Argv } from "yargs";
import { LOG_FORMATS, type LogFormat } from "../log/agent-log.js";
import { wholeNumber } from "./whole-number.js";

/** How an agent is watched and ended. */
export interface OperatingOptions {
  metricsPort?: number | undefined;
  /** How long running tasks may go on after SIGTERM, in milliseconds. */
  drainMs: number;
  logFormat: LogFormat;
}

export function operatingOptions<T>(parser: Argv<T>) {
  return parser
    .option("drain", {
      type: "string",
      default: "20s",
      describe: "How long running tasks may go on after SIGTERM, while nothing new is taken",
    })
    .option("metrics-port", {
      type: "string",
      describe: "Port on 127.0.0.1 for /metrics, /healthz and /readyz  [default: none]",
    })
    .option("log-format", {
      type: "string",
      default: "text",
      describe: "What it says of itself: text or json",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readOperating(parsed: Record<string, unknown>): OperatingOptions | { problem: string } {
  const { drain, metricsPort, logFormat } = parsed;
  const draining = drain === "0" ? { ms: 0 } : parseTypedDuration(String(drain));
  if ("problem" in draining) return { problem: `--drain ${drain} ${draining.problem}.` };
  const port = metricsPort === undefined ? undefined : wholeNumber(metricsPort, 0, 65535);
  if (metricsPort !== undefined && port === undefined)
    return { problem: `--metrics-port ${metricsPort} is not a port: a number from 0 to 65535.` };
  const format = LOG_FORMATS.find((known) => known === logFormat);
  if (!format) return { problem: `--log-format ${logFormat} is none of: ${LOG_FORMATS.join(", ")}.` };
  return { metricsPort: port, drainMs: draining.ms, logFormat: format };
}
