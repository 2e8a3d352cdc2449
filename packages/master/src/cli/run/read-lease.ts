import { parseTypedDuration } from "@sloth/dsl";
import { usage } from "../command-line/option-values.js";

const LEAST_MS = 2000;
/** Agents grant no longer one. */
const MOST_MS = 600_000;

/** How long an agent keeps a task whose master it does not hear, in milliseconds. @throws {MasterError} USAGE */
export function readLease(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lease = parseTypedDuration(text);
  if ("problem" in lease) throw usage(`--lease ${text} ${lease.problem}.`);
  if (lease.ms < LEAST_MS || lease.ms > MOST_MS) throw usage(`--lease ${text} is not from 2s to 10m.`);
  return lease.ms;
}
