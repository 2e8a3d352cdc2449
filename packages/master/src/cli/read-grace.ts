import { parseDuration } from "@sloth/dsl";
import { usage } from "./option-values.js";

const LONGEST_MS = 3_600_000;

/**
 * The time between TERM and KILL in milliseconds: unlike other durations it may be nothing. A bare number is seconds.
 *
 * @throws {MasterError} USAGE
 */
export function readGrace(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^0+(\.0+)?(ms|s|m|h)?$/.test(text)) return 0;
  const grace = parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  if ("problem" in grace) throw usage(`--grace ${grace.problem}.`);
  if (grace.ms > LONGEST_MS) throw usage(`--grace ${text} is longer than an hour.`);
  return grace.ms;
}
