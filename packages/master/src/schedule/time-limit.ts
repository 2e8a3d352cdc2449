import { startTimer } from "@sloth/runtime";

/** Why a signal is aborted: what is larger than a task has taken too long. */
export class TimeLimit extends Error {
  override name = "TimeLimit";

  constructor(
    readonly of: "group" | "run",
    limitMs: number,
  ) {
    super(`the time limit of the ${of}, ${limitMs / 1000} s, is over`);
  }
}

/** A signal that is aborted after a time by a {@link TimeLimit}, and what ends it before. */
export function timeLimit(
  of: "group" | "run",
  limitMs: number | undefined,
): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  if (limitMs === undefined) return { signal: controller.signal, end() {} };
  const end = startTimer(limitMs, () => controller.abort(new TimeLimit(of, limitMs)));
  return { signal: controller.signal, end };
}
