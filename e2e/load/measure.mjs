/** Loaded before a program by `--import`: at its end, what it took goes to the file that SLOTH_MEASURE names. */
import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const TICK_MS = 5;

/** Time of the main thread since the start, in milliseconds: on a CPU, and waiting for one. */
function scheduled() {
  const [ran, waited] = readFileSync("/proc/self/schedstat", "latin1").split(" ");
  return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
}

/** Whether the run has begun: what loads before it holds up nothing. */
const hasChildren = () => readFileSync(`/proc/self/task/${process.pid}/children`, "latin1") !== "";

if (isMainThread && process.env.SLOTH_MEASURE) {
  let hasBegun = false;
  let last = { atMs: performance.now(), ...scheduled() };
  const blocked = [];
  setInterval(() => {
    const now = { atMs: performance.now(), ...scheduled() };
    hasBegun ||= hasChildren();
    // That a busy machine gave the CPU to others is not the program's doing.
    if (hasBegun) blocked.push(now.atMs - last.atMs - TICK_MS - (now.waitedMs - last.waitedMs));
    last = now;
  }, TICK_MS).unref();
  process.on("exit", () => {
    const status = readFileSync("/proc/self/status", "latin1");
    const { user, system } = process.cpuUsage();
    blocked.sort((a, b) => b - a);
    writeFileSync(
      process.env.SLOTH_MEASURE,
      JSON.stringify({
        peakRssBytes: Number(status.match(/VmHWM:\s+(\d+)/)?.[1]) * 1024,
        longestBlockMs: blocked[0] ?? 0,
        block99Ms: blocked[Math.floor(blocked.length / 100)] ?? 0,
        cpuMs: (user + system) / 1000,
        wallMs: performance.now(),
      }),
    );
  });
}
