/** Starts a stopwatch: what it gives says how many microseconds have passed since. */
export function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round((performance.now() - startedAt) * 1000);
}
