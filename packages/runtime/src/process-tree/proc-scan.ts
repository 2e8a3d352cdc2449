import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** Processes looked at before other work of this thread gets its turn. */
const BATCH = 64;

/** How often, and after how many milliseconds, one is looked at again whose environment reads as empty. */
const SECOND_LOOKS = 5;
const SECOND_LOOK_MS = 2;

/** Of the flags in /proc/PID/stat (PF_KTHREAD in the kernel's sched.h). */
const KERNEL_THREAD = 0x200000;

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
 * other users are unreadable and not searched. While a process executes another program its environment reads as
 * empty, so one of which that is true is looked at again; not for ever, since some have none.
 */
export async function findProcesses(wanted: Wanted, range?: PidRange): Promise<FoundProcess[]> {
  const found: FoundProcess[] = [];
  let unclear = await look(listPids(), wanted, { found, range });
  for (let again = 0; again < SECOND_LOOKS && unclear.length > 0; again++) {
    await sleep(SECOND_LOOK_MS);
    unclear = await look(unclear, wanted, { found });
  }
  return found;
}

/** Adds those that are wanted to `found`; gives those of which it could not be told. */
async function look(
  pids: readonly number[],
  wanted: Wanted,
  { found, range }: { found: FoundProcess[]; range?: PidRange | undefined },
): Promise<number[]> {
  const unclear: number[] = [];
  let looked = 0;
  for (const pid of pids) {
    if (range && (pid <= range.above || pid > range.upTo)) continue;
    if (++looked % BATCH === 0) await nextTurn();
    const match = matchProcess(pid, wanted);
    if (match === "unclear") unclear.push(pid);
    else if (match) found.push(match);
  }
  return unclear;
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

function matchProcess(pid: number, { groups, markId }: Wanted): FoundProcess | "unclear" | undefined {
  if (groups.size === 0) return byMark(pid, markId, () => readStat(pid));
  const stat = readStat(pid);
  if (isDead(stat)) return undefined;
  if (groups.has(stat.group)) return { pid, group: stat.group };
  const match = byMark(pid, markId, () => stat);
  return typeof match === "object" ? { ...match, group: stat.group } : match;
}

function byMark(
  pid: number,
  markId: string,
  statOf: () => ProcessStat,
): FoundProcess | "unclear" | undefined {
  const contains = environmentContains(pid, markId);
  if (contains !== "empty") return contains ? { pid } : undefined;
  const stat = statOf();
  return isDead(stat) || (stat.flags & KERNEL_THREAD) !== 0 ? undefined : "unclear";
}

interface ProcessStat {
  state?: string;
  group: number;
  flags: number;
}

function isDead({ state }: ProcessStat): boolean {
  return state === undefined || state === "Z" || state === "X";
}

function readStat(pid: number): ProcessStat {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return { group: 0, flags: 0 };
  // The name before it is in parentheses and may contain anything.
  const [state, , group, , , , flags] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { ...(state && { state }), group: Number(group), flags: Number(flags) };
}

function environmentContains(pid: number, markId: string): boolean | "empty" {
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

function contentContains(fd: number, text: string): boolean | "empty" {
  let kept = 0;
  for (;;) {
    const read = readSync(fd, environment, kept, environment.length - kept, null);
    if (read === 0) return kept === 0 ? "empty" : false;
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
