import { setTimeout as sleep } from "node:timers/promises";
import { createMark, MARK_VARIABLE, type Mark } from "./attempt-mark.js";
import { type FoundProcess, findProcesses, lastPid, type PidRange, type SearchOptions } from "./proc-scan.js";

/** After this, a process that is still there cannot be killed: it hangs in the kernel. */
const KILL_LIMIT_MS = 5_000;

/** A full round of pids takes longer than this. */
const PID_ROUND_MS = 1_000;

/**
 * All processes of an attempt, or of a part of one, and their end.
 *
 * 1. Each process that the runner starts leads a group of its own; what it starts is in that group unless
 *    it leaves it.
 * 2. What has left its group is found by the mark in its environment (Linux only).
 * 3. `end`: TERM to all, up to the grace period for them to end, then KILL until a search finds nothing
 *    more, so that processes which appear meanwhile are found too.
 *
 * Non-guarantees: a process that leaves its group and clears its environment; one of another user.
 */
export class ProcessTree {
  readonly mark: Mark;
  /** Numbers of groups that may still have processes. */
  #groups = new Set<number>();
  /** Of these groups, those whose leader has ended. */
  #leaderless = new Set<number>();
  #whole: ProcessTree | undefined;
  #hasStarted = false;
  /** Of the processes that are being started. */
  readonly #announced = new Set<Promise<void>>();
  #ending: Promise<number[]> | undefined;
  #hasEndedSome = false;
  #createdAt = performance.now();
  #firstPid = lastPid();
  #pidsInOrder = true;

  /**
   * @param mark Of its own.
   * @param whole The tree that this one is a part of.
   */
  private constructor(mark: Mark, whole?: ProcessTree) {
    this.mark = mark;
    this.#whole = whole;
  }

  /** A tree whose mark is inside of this one. */
  static inside(outer: Mark): ProcessTree {
    return new ProcessTree(createMark(outer.value));
  }

  /** All processes that have the mark with this id, whoever started them. To be ended only. */
  static ofMark(id: string): ProcessTree {
    const tree = new ProcessTree({ id, value: id });
    tree.#hasStarted = true;
    tree.#pidsInOrder = false;
    return tree;
  }

  /** A tree for a part of this one that may end before it. */
  part(): ProcessTree {
    return new ProcessTree(createMark(this.mark.value), this);
  }

  /** Whether the end has begun: nothing may be added any more. */
  get isEnding(): boolean {
    return this.#ending !== undefined || this.#whole?.isEnding === true;
  }

  /** Whether something lived that `end` had to end. */
  get hasEndedSome(): boolean {
    return this.#hasEndedSome;
  }

  /** The environment of a process that will be added. */
  markEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...environment, [MARK_VARIABLE]: this.mark.value };
  }

  /**
   * Announces a process that is being started, for which `end` waits. Gives what is to be called when it was added, or
   * will not come.
   */
  announce(): () => void {
    let resolve = () => {};
    const settled = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#announced.add(settled);
    this.#hasStarted = true;
    const settleWhole = this.#whole?.announce();
    return () => {
      this.#announced.delete(settled);
      resolve();
      settleWhole?.();
    };
  }

  /** Adds a process that leads its own group: before anything is awaited after its start, unless it was announced. */
  add(leaderPid: number): void {
    this.#groups.add(leaderPid);
    this.#hasStarted = true;
    if (this.#firstPid === undefined || leaderPid <= this.#firstPid) this.#pidsInOrder = false;
    this.#whole?.add(leaderPid);
  }

  /** Call it when a process that was added has ended. Others of its group may be left. */
  leaderEnded(leaderPid: number): void {
    this.#leaderless.add(leaderPid);
    this.#forgetEndedGroups();
    this.#whole?.leaderEnded(leaderPid);
  }

  /**
   * Ends every process of the tree, and gives the pids that cannot be ended; normally none. Returns at once
   * when nothing is left. The first call decides the grace period.
   */
  end(graceMs: number): Promise<number[]> {
    this.#ending ??= this.#end(graceMs);
    return this.#ending;
  }

  async #end(graceMs: number): Promise<number[]> {
    await Promise.all(this.#announced);
    if (!this.#hasStarted) return [];
    if (!(await this.#isAlive(this.#recentPids()))) return [];
    this.#hasEndedSome = true;
    await this.#send("SIGTERM");
    // One that is stopped hears TERM only when it goes on.
    await this.#send("SIGCONT");
    if (await this.#diesWithin(graceMs)) return [];
    const giveUpAt = performance.now() + KILL_LIMIT_MS;
    do {
      await this.#send("SIGKILL");
      if (await this.#diesWithin(100)) return [];
    } while (performance.now() < giveUpAt);
    return (await this.#find()).map(({ pid }) => pid);
  }

  async #diesWithin(limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    for (let pauseMs = 2; await this.#isAlive(); pauseMs = Math.min(pauseMs * 2, 50)) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return false;
      await sleep(Math.min(pauseMs, leftMs));
    }
    return true;
  }

  async #isAlive(range?: PidRange): Promise<boolean> {
    this.#forgetEndedGroups();
    if (process.platform !== "linux") return this.#groups.size > 0;
    // Where nobody reaps orphans, a group of zombies still takes signals: only /proc tells.
    return (await this.#find({ range: this.#groups.size === 0 ? range : undefined })).length > 0;
  }

  /** The number of a group that is gone may be given to another one, so it must not be kept. */
  #forgetEndedGroups(): void {
    for (const group of this.#groups) {
      // While a number names a group it is given to no process: a new leader means a new group.
      const isAnother = this.#leaderless.has(group) && sendSignal(group, 0);
      if (!isAnother && sendSignal(-group, 0)) continue;
      this.#groups.delete(group);
      this.#leaderless.delete(group);
    }
  }

  async #send(signal: NodeJS.Signals): Promise<void> {
    for (const group of this.#groups) sendSignal(-group, signal);
    await this.#find({
      // A command that a handler of TERM runs must not be ended by it.
      withoutNewcomers: signal !== "SIGKILL",
      onFound: ({ pid, group }) => {
        if (group === undefined || !this.#groups.has(group)) sendSignal(pid, signal);
      },
    });
  }

  #find(options: SearchOptions = {}): Promise<FoundProcess[]> {
    return findProcesses({ groups: this.#groups, markId: this.mark.id }, options);
  }

  /** After a short life: where its processes are, since pids are given in ascending order until they wrap. */
  #recentPids(): PidRange | undefined {
    if (!this.#pidsInOrder || performance.now() - this.#createdAt > PID_ROUND_MS) return undefined;
    const last = lastPid();
    if (this.#firstPid === undefined || last === undefined || last < this.#firstPid) return undefined;
    return { above: this.#firstPid, upTo: last };
  }
}

/** Whether there was somebody to send it to. Signal 0 only asks. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
