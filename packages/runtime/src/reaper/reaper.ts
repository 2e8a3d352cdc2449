import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createMark, MARK_VARIABLE, type Mark } from "../process-tree/attempt-mark.js";

/** Reached from `src` and from `dist` alike: Node cannot load TypeScript. */
const ENTRY = new URL("../../dist/reaper/reap.js", import.meta.url);

/*
 * Ends what attempts have started when this process is killed and cannot do it itself.
 *
 * 1. A small shell process, in a session of its own, waits for the end of its standard input, of which
 *    only this process holds the other end: the system closes it, however this process ends. Each line before is a
 *    grace period.
 * 2. It then has Node end all processes whose environment contains the mark of this process, as a process tree is
 *    ended, and remove the temporary files. Node would cost 40 MB if it waited itself.
 * 3. Where this process exits with no attempt running, nothing is left, and the shell is killed; with one running, it
 *    has no grace period.
 * 4. Where Node cannot be started any more (out of memory, or it is gone), the shell does what it can: TERM, and KILL
 *    until it finds none.
 *
 * Linux only. Non-guarantee: a process that clears its environment.
 */
const SCRIPT = `
trap '' HUP INT TERM
ms=0; while read -r next; do ms=$next; done
unset NODE_OPTIONS
"$1" "$2" "$0" "$ms" && exit
marked() { grep -lF -- "$0" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3; }
send() { for pid in $(marked); do kill -s "$1" "$pid" 2>/dev/null; done; }
send TERM
n=0; while [ -n "$(marked)" ] && [ $((n * 100)) -lt "$ms" ]; do sleep 0.1; n=$((n + 1)); done
n=0; while [ -n "$(marked)" ] && [ $n -lt 50 ]; do send KILL; sleep 0.1; n=$((n + 1)); done
rm -rf "\${TMPDIR:-/tmp}/sloth-$0-"*
`;

let own: Mark | undefined;
let reaper: { mark: Mark; process?: ChildProcess } | undefined;
let longestGraceMs = -1;
let running = 0;

/** The mark of everything that this process runs. Starts nothing. */
export function ownMark(): Mark {
  own ??= createMark(process.env[MARK_VARIABLE]);
  return own;
}

/** The same, for what is to be started: the first call starts the reaper. */
export function reapedMark(): Mark {
  reaper ??= startReaper(ownMark());
  return reaper.mark;
}

/**
 * Tells the reaper that something runs, until the call of what it gives. All that is left is given the longest grace
 * period that anything had.
 */
export function reapUntilEnded(graceMs: number): () => void {
  reapedMark();
  running += 1;
  if (graceMs > longestGraceMs) {
    longestGraceMs = graceMs;
    reaper?.process?.stdin?.write(`${Math.round(graceMs)}\n`);
  }
  return () => {
    running -= 1;
  };
}

function startReaper(mark: Mark): NonNullable<typeof reaper> {
  if (process.platform !== "linux") return { mark };
  const child = spawn("/bin/sh", ["-c", SCRIPT, mark.id, process.execPath, fileURLToPath(ENTRY)], {
    cwd: "/",
    detached: true,
    // A part of an outer attempt, so that it ends with that.
    env: process.env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it tasks run all the same; only the protection against being killed is missing.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  process.once("exit", () => {
    if (running === 0) child.kill("SIGKILL");
    // Who leaves without waiting for what runs does not want it to linger.
    else child.stdin.write("0\n");
  });
  return { mark, process: child };
}
