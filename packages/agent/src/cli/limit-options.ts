import type { Argv } from "yargs";
import { typedBytes } from "./typed-bytes.js";
import { wholeNumber } from "./whole-number.js";

/** How much of an agent one caller, or one task, may take. */
export interface LimitOptions {
  callerSlots?: number | undefined;
  callerCapacityBytes?: number | undefined;
  workspaceLimitBytes?: number | undefined;
}

export function limitOptions<T>(parser: Argv<T>) {
  return parser
    .option("caller-slots", {
      type: "string",
      describe: "How many tasks of one caller run at once; its others wait  [default: all slots]",
    })
    .option("caller-cache", {
      type: "string",
      describe: "How much is kept between tasks for one caller  [default: all of --cache-size]",
    })
    .option("max-workspace", {
      type: "string",
      describe: "The largest workspace a task may bring, and the most it may change  [default: no limit]",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readLimits(parsed: Record<string, unknown>): LimitOptions | { problem: string } {
  const slots = parsed.callerSlots === undefined ? undefined : wholeNumber(parsed.callerSlots, 1, 4096);
  if (parsed.callerSlots !== undefined && slots === undefined)
    return { problem: `--caller-slots ${parsed.callerSlots} is not a number from 1 to 4096.` };
  const cache = typedBytes(parsed, "caller-cache");
  if ("problem" in cache) return cache;
  const workspace = typedBytes(parsed, "max-workspace");
  if ("problem" in workspace) return workspace;
  return { callerSlots: slots, callerCapacityBytes: cache.bytes, workspaceLimitBytes: workspace.bytes };
}
