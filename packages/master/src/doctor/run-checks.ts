import type { Check, Finding } from "./check.js";
import type { DoctorContext } from "./doctor-context.js";

const DEFAULT_TIMEOUT_MS = 10_000;

/** A finding, and the check that it is of. */
export interface CheckResult extends Finding {
  name: string;
}

/** Starts all checks at once, and gives their results in their order, each as soon as it is there. Never throws. */
export async function* runChecks(
  checks: readonly Check[],
  { context, signal }: { context: DoctorContext; signal: AbortSignal },
): AsyncGenerator<CheckResult> {
  const running = checks.map((check) => runOne(check, context, signal));
  for (const result of running) yield await result;
}

async function runOne(check: Check, context: DoctorContext, signal: AbortSignal): Promise<CheckResult> {
  const { name, timeoutMs = DEFAULT_TIMEOUT_MS } = check;
  const controller = new AbortController();
  const tooLate = `no result within ${timeoutMs / 1000} s`;
  const timer = setTimeout(() => controller.abort(new Error(tooLate)), timeoutMs);
  const either = AbortSignal.any([signal, controller.signal]);
  try {
    // Also for a check that does not heed its signal.
    return { name, ...(await Promise.race([check.run(context, either), rejectOn(either)])) };
  } catch (error) {
    const { message } = (either.aborted ? either.reason : error) as Error;
    return { name, outcome: "failed", message };
  } finally {
    clearTimeout(timer);
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
