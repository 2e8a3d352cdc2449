import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** Processes looked at before other work of this thread gets its turn. */
const BATCH = 64;

/** How often, and after how many milliseconds, one is looked at again that has no environment yet: busy computers are slow. */
const SECOND_LOOKS = 100;
const SECOND_LOOK_MS = 5;

/** How often those are looked for that have started meanwhile. */
const MOST_ROUNDS = 200;

/** So many new pids are tried one by one; listing all that there are costs more only beyond them. */
const FEW_PIDS = 256;

/** Of the flags in /proc/PID/stat (PF_KTHREAD in the kernel's sched.h). */
const KERNEL_THREAD = 0x200000;

/** Of `start_code` and `env_start` in /proc/PID/stat, counted from the one after the name; `env_end` follows. */
const CODE_FIELD = 23;
const ENVIRONMENT_FIELD = 47;

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

export interface SearchOptions {
  /** Of those that had started before the search. */
  range?: PidRange | undefined;
  /** Leave out those that start meanwhile, as one does that tidies up when it is told to end. Default false. */
  withoutNewcomers?: boolean;
  /** Called at once, since what is found may be gone, and have started another, a moment later. */
  onFound?: (found: FoundProcess) => void;
}

/**
 * Live processes that are wanted, by /proc; none where there is no /proc. Zombies are dead. Environments of
 * other users are unreadable and not searched.
 *
 * 1. All that there are are looked at, one after the other.
 * 2. One that has started another and ended before its turn came is not found, so those are looked at that have
 *    started since, until there are none: pids are given in ascending order until they wrap.
 * 3. While a process executes another program its environment reads as empty, and the kernel does not tell yet where it
 *    is; so one of which that is true is looked at again, though not for ever.
 */
export async function findProcesses(wanted: Wanted, options: SearchOptions = {}): Promise<FoundProcess[]> {
  const found = new Map<number, FoundProcess>();
  const looks = new Map<number, number>();
  const note = (process: FoundProcess) => {
    if (found.has(process.pid)) return;
    found.set(process.pid, process);
    options.onFound?.(process);
  };
  let newest = lastPid();
  let pids = options.range ? pidsWithin(options.range) : listPids();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const unclearNow = new Set(await look(pids, wanted, note));
    for (const pid of pids) if (!unclearNow.has(pid)) looks.delete(pid);
    for (const pid of unclearNow) looks.set(pid, looks.get(pid) ?? 0);
    const before = newest;
    newest = lastPid();
    pids = options.withoutNewcomers ? [] : pidsSince(before, newest);
    if (pids.length > 0) continue;
    const unclear = stillUnclear(looks);
    if (unclear.length === 0) break;
    await sleep(SECOND_LOOK_MS);
    pids = unclear;
  }
  return [...found.values()];
}

/** Takes those that deserve another look, and counts it. */
function stillUnclear(looks: Map<number, number>): number[] {
  const pids: number[] = [];
  for (const [pid, count] of looks) {
    if (count >= SECOND_LOOKS) continue;
    looks.set(pid, count + 1);
    pids.push(pid);
  }
  return pids;
}

/** Notes those that are wanted; gives those of which it could not be told. */
async function look(
  pids: readonly number[],
  wanted: Wanted,
  note: (found: FoundProcess) => void,
): Promise<number[]> {
  const unclear: number[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % BATCH === BATCH - 1) await nextTurn();
    const match = matchProcess(pid, wanted);
    if (match === "unclear") unclear.push(pid);
    else if (match && isProcess(pid)) note(match);
  }
  return unclear;
}

/** Which may have started since the pid `before` was the newest. */
function pidsSince(before: number | undefined, newest: number | undefined): number[] {
  if (before === undefined || newest === undefined || before === newest) return [];
  return newest > before ? pidsWithin({ above: before, upTo: newest }) : listPids();
}

/** Some may be of threads, or of nobody. */
function pidsWithin({ above, upTo }: PidRange): number[] {
  const count = upTo - above;
  if (count <= FEW_PIDS) return Array.from({ length: count }, (_, index) => above + 1 + index);
  return listPids().filter((pid) => pid > above && pid <= upTo);
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

/** The number of another thread of a process leads to the process as well. */
function isProcess(pid: number): boolean {
  return readText(`/proc/${pid}/status`)?.includes(`\nTgid:\t${pid}\n`) === true;
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
  const isClear = isDead(stat) || (stat.flags & KERNEL_THREAD) !== 0 || stat.hasNoEnvironment === true;
  return isClear ? undefined : "unclear";
}

interface ProcessStat {
  state?: string;
  group: number;
  flags: number;
  hasNoEnvironment?: boolean;
}

function isDead({ state }: ProcessStat): boolean {
  return state === undefined || state === "Z" || state === "X";
}

function readStat(pid: number): ProcessStat {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return { group: 0, flags: 0 };
  // The name before it is in parentheses and may contain anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , group, , , , flags] = fields;
  const [start = "0", end = "0"] = fields.slice(ENVIRONMENT_FIELD);
  // Set last when another program is executed (create_elf_tables and load_elf_binary in the kernel's binfmt_elf.c).
  const isExecuted = fields[CODE_FIELD] !== "0";
  const hasNoEnvironment = isExecuted && end !== "0" && start === end;
  return { ...(state && { state }), group: Number(group), flags: Number(flags), hasNoEnvironment };
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
