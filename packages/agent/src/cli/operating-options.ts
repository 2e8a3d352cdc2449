import { isIP } from "node:net";
import { parseTypedDuration } from "@sloth/dsl";
import type { Argv } from "yargs";
import { LOG_FORMATS, type LogFormat } from "../log/agent-log.js";
import { wholeNumber } from "./whole-number.js";

/** How an agent is watched and ended. */
export interface OperatingOptions {
  metricsPort?: number | undefined;
  metricsHost?: string | undefined;
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
      describe: "Port for /metrics, /healthz and /readyz, without credentials  [default: none]",
    })
    .option("metrics-host", {
      type: "string",
      describe: "The address of that port, 0.0.0.0 for all  [default: 127.0.0.1]",
    })
    .option("log-format", {
      type: "string",
      default: "text",
      describe: "What it says of itself: text or json",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readOperating(parsed: Record<string, unknown>): OperatingOptions | { problem: string } {
  const { drain, metricsPort, metricsHost, logFormat } = parsed;
  const draining = drain === "0" ? { ms: 0 } : parseTypedDuration(String(drain));
  if ("problem" in draining) return { problem: `--drain ${drain} ${draining.problem}.` };
  const port = metricsPort === undefined ? undefined : wholeNumber(metricsPort, 0, 65535);
  if (metricsPort !== undefined && port === undefined)
    return { problem: `--metrics-port ${metricsPort} is not a port: a number from 0 to 65535.` };
  if (metricsHost !== undefined && port === undefined)
    return { problem: "--metrics-host is the address of a port: say which with --metrics-port." };
  if (typeof metricsHost === "string" && !isIP(metricsHost) && !/^[\w.-]+$/.test(metricsHost))
    return { problem: `--metrics-host ${metricsHost} is not an address.` };
  const format = LOG_FORMATS.find((known) => known === logFormat);
  if (!format) return { problem: `--log-format ${logFormat} is none of: ${LOG_FORMATS.join(", ")}.` };
  return {
    metricsPort: port,
    metricsHost: metricsHost as string | undefined,
    drainMs: draining.ms,
    logFormat: format,
  };
}
