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

/** Node's timers wrap to 1 ms beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A signal that is aborted after a time by a {@link TimeLimit}, and what ends it before. */
export function timeLimit(
  of: "group" | "run",
  limitMs: number | undefined,
): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  if (limitMs === undefined) return { signal: controller.signal, end() {} };
  const timer = setTimeout(
    () => controller.abort(new TimeLimit(of, limitMs)),
    Math.min(limitMs, LONGEST_TIMER_MS),
  );
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
