/** Loaded before a program by `--require`: at its end, what it took goes to the file that SLOTH_CPU_FILE names. */
const { isMainThread } = require("node:worker_threads");

if (isMainThread && process.env.SLOTH_CPU_FILE) {
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    const status = require("node:fs").readFileSync("/proc/self/status", "latin1");
    const peakRssBytes = Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0) * 1024;
    const measured = { cpuMs: (user + system) / 1000, peakRssBytes };
    require("node:fs").writeFileSync(process.env.SLOTH_CPU_FILE, JSON.stringify(measured));
  });
}
