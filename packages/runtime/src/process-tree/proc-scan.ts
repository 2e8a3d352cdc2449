import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Processes looked at before other work of this thread gets its turn. */
const BATCH = 64;

const environment = Buffer.allocUnsafe(64 * 1024);

/** Which processes are meant: those of these groups, and those whose environment contains the mark. */
export interface Wanted {
  groups: ReadonlySet<number>;
  markId: string;
}

export interface FoundProcess {
  pid: number;
  /** Not read where no groups are wanted. */
  group?: number;
}

/** The pids that may be meant, where that is known. */
export interface PidRange {
  above: number;
  upTo: number;
}

/**
 * Live processes that are wanted, by /proc; none where there is no /proc. Zombies are dead. Environments of
 * other users are unreadable and not searched.
 */
export async function findProcesses(wanted: Wanted, range?: PidRange): Promise<FoundProcess[]> {
  const found: FoundProcess[] = [];
  let looked = 0;
  for (const pid of listPids()) {
    if (range && (pid <= range.above || pid > range.upTo)) continue;
    if (++looked % BATCH === 0) await nextTurn();
    const match = matchProcess(pid, wanted);
    if (match) found.push(match);
  }
  return found;
}

/** The pid that was given away last in this pid namespace; undefined where it is not told. */
export function lastPid(): number | undefined {
  const pid = Number(readText("/proc/loadavg")?.trim().split(" ").at(-1));
  return pid > 0 ? pid : undefined;
}

function listPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return []; // There is no /proc on this platform.
  }
}

function matchProcess(pid: number, { groups, markId }: Wanted): FoundProcess | undefined {
  if (groups.size === 0) return environmentContains(pid, markId) ? { pid } : undefined;
  const { state, group } = readStat(pid);
  if (state === undefined || state === "Z" || state === "X") return undefined;
  return groups.has(group) || environmentContains(pid, markId) ? { pid, group } : undefined;
}

function readStat(pid: number): { state?: string; group: number } {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return { group: 0 };
  // The name before it is in parentheses and may contain anything.
  const [state, , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { ...(state && { state }), group: Number(group) };
}

function environmentContains(pid: number, markId: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(`/proc/${pid}/environ`, "r");
    return contentContains(fd, markId);
  } catch {
    return false; // It has ended meanwhile, or belongs to another user.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function contentContains(fd: number, text: string): boolean {
  let kept = 0;
  for (;;) {
    const read = readSync(fd, environment, kept, environment.length - kept, null);
    if (read === 0) return false;
    const end = kept + read;
    if (environment.subarray(0, end).includes(text)) return true;
    // The text may lie across two readings.
    kept = Math.min(text.length, end);
    environment.copyWithin(0, end - kept, end);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // It has ended meanwhile, or there is no /proc.
  }
}
