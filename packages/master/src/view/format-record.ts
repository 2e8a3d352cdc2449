import type { LogLevel, LogRecord } from "@sloth/dsl";
import { printable } from "./printable.js";

/** One line: `INFO message key=value`. */
export function formatRecord({ level, message, fields }: LogRecord): string {
  const more = fields
    ? Object.entries(fields).map(
        ([key, value]) => ` ${key}=${typeof value === "string" ? value : toJson(value)}`,
      )
    : [];
  return printable(`${levels[level]} ${message}${more.join("")}`);
}

const levels: Record<LogLevel, string> = { debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" };

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
}
