import { parseGrace } from "@sloth/dsl";
import { usage } from "../command-line/option-values.js";

/** The time between TERM and KILL in milliseconds. @throws {MasterError} USAGE */
export function readGrace(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const grace = parseGrace(text);
  if ("problem" in grace) throw usage(`--grace ${grace.problem}.`);
  return grace.ms;
}
