import { once, usage } from "./option-values.js";

/** `--timeout` in milliseconds, undefined where it is not given. @throws {MasterError} USAGE */
export async function readTimeout(typed: unknown): Promise<number | undefined> {
  const timeout = once("timeout", typed);
  if (timeout === undefined) return undefined;
  const { parseTypedDuration } = await import("@sloth/dsl");
  const limit = parseTypedDuration(timeout);
  if ("problem" in limit) throw usage(`--timeout ${timeout} ${limit.problem}.`);
  return limit.ms;
}
