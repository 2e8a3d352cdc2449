/**
 * The entry of what tasks are held against: `node spawn-loop.js COUNT AT_ONCE` starts `bash -c true` so often, so many at
 * once, and does nothing else.
 */
import { spawn } from "node:child_process";

const [count, atOnce] = process.argv.slice(2).map(Number) as [number, number];
let left = count;

function next(): void {
  if (left-- <= 0) return;
  const child = spawn("bash", ["-c", "true"], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  child.stdout.resume();
  child.stderr.resume();
  child.on("close", next);
}

for (let started = 0; started < atOnce; started++) next();
