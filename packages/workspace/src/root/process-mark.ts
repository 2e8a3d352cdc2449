import { readFileSync } from "node:fs";
import { systemCode } from "../errors.js";

/** Names this process, and no later one that gets its number: pid and start time. */
export function processMark(): string {
  return `${process.pid}-${startTime(process.pid) ?? "unknown"}`;
}

/** The mark at the start of a name of the form `<mark>-<uuid>`; undefined for any other name. */
export function markIn(name: string): string | undefined {
  return /^(\d+-(?:\d+|unknown))-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(name)?.[1];
}

/** Whether the process that made `mark` still lives. Where start times cannot be read, whether any has its number. */
export function isAlive(mark: string): boolean {
  const [pidText, started] = mark.split("-");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const current = startTime(pid);
  return current === undefined ? hasProcess(pid) : current === started;
}

/**
 * Field 22 of /proc/<pid>/stat, in clock ticks since boot; the name before it may hold spaces and brackets. One that
 * ended and whose parent has not asked for its exit code yet has none, as it does nothing any more.
 */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? "ended" : fields[18];
  } catch {
    // No such process, or no /proc: the caller asks the kernel in another way.
    return undefined;
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return systemCode(cause) === "EPERM";
  }
}
