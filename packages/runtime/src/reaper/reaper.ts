import { spawn } from "node:child_process";
import { createMark, MARK_VARIABLE, type Mark } from "../process-tree/attempt-mark.js";

/*
 * Ends what attempts have started when this process is killed and cannot do it itself.
 *
 * 1. A small shell process, in a session of its own, waits for the end of its standard input, of which
 *    only this process holds the other end: the system closes it, however this process ends.
 * 2. It then looks for processes whose environment contains the mark of this process, sends TERM, waits
 *    up to 5 s for them to end, and sends KILL until it finds none.
 *
 * Linux only. Non-guarantee: a process that clears its environment.
 */
const SCRIPT = `
trap '' HUP INT TERM
read -r end
marked() { grep -lF -- "$0" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3; }
send() { for pid in $(marked); do kill -s "$1" "$pid" 2>/dev/null; done; }
send TERM
n=0; while [ -n "$(marked)" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
n=0; while [ -n "$(marked)" ] && [ $n -lt 50 ]; do send KILL; sleep 0.1; n=$((n + 1)); done
`;

let ownMark: Mark | undefined;

/** The mark of everything that this process runs. The first call starts the reaper. */
export function reapedMark(): Mark {
  if (ownMark) return ownMark;
  ownMark = createMark(process.env[MARK_VARIABLE]);
  if (process.platform === "linux") startReaper(ownMark);
  return ownMark;
}

function startReaper(mark: Mark): void {
  const reaper = spawn("/bin/sh", ["-c", SCRIPT, mark.id], {
    cwd: "/",
    detached: true,
    // A part of an outer attempt, so that it ends with that.
    env: process.env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it tasks run all the same; only the protection against being killed is missing.
  reaper.on("error", () => {});
  reaper.stdin.on("error", () => {});
  reaper.unref();
  (reaper.stdin as unknown as { unref(): void }).unref();
}
