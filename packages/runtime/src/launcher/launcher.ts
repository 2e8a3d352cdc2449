/*
 * A small process that starts others for this one.
 *
 * Node 20 starts a process by fork, which copies the page tables of the whole runner: with 100 MB in use that is 4 ms of
 * its CPU and as much of the child's, in which this thread does nothing else; with 250 MB it is three times that. From a
 * Node that holds nothing it is less than one.
 *
 * 1. The runner sends what is to be started, and the launcher answers with the pid or with what is wrong; later it tells
 *    how the process ended.
 * 2. Descriptors are opened by `/proc/RUNNER/fd`: the pipes are named ones, so these are the same pipes.
 * 3. The launcher has the runner's mark: where the runner is killed, the reaper ends it with all others, and finds what it
 *    starts until then.
 * 4. Who waits for a launcher that has died is told so: whether a process was started, or how it ended, nobody knows then.
 *
 * Linux only; other systems start processes without a copy. Goes when Node does (https://github.com/libuv/libuv/pull/3520).
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type ExitStatus, exitStatus, type Launch, type Launched, startFailure } from "../process/launch.js";
import { MARK_VARIABLE } from "../process-tree/attempt-mark.js";
import { reapedMark } from "../reaper/reaper.js";
import { RuntimeError } from "../runtime-error.js";
import { type LaunchAnswer, type LauncherMessage, type LaunchRequest, splitLines } from "./messages.js";

/** Reached from `src` and from `dist` alike: Node cannot load TypeScript. */
const ENTRY = new URL("../../dist/launcher/launcher-process.js", import.meta.url);
/** It runs little code of its own; without a compiler and with a small heap it holds less. */
const SMALL = ["--jitless", "--max-semi-space-size=1"];

/** The descriptors of this process cannot be opened from another one; nothing was started. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Calls may overlap. It does not keep this process alive unless something runs that it has started. */
export class Launcher {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, Waiting<LaunchAnswer>>();
  readonly #exits = new Map<number, Waiting<ExitStatus>>();
  #lastId = 0;
  #isReady = false;
  #hasEnded = false;

  constructor() {
    this.#child = startProcess();
    const { stdin, stdout } = this.#child;
    this.#child.on("error", () => this.#lose());
    this.#child.on("exit", () => this.#lose());
    stdin?.on("error", () => {});
    const take = splitLines((line) => this.#take(JSON.parse(line)));
    stdout?.setEncoding("utf8").on("data", take);
    this.#child.unref();
    (stdin as Socket | null)?.unref();
    (stdout as Socket | null)?.unref();
  }

  /** Whether it can be asked: it has started, and has not ended. */
  get isReady(): boolean {
    return this.#isReady && !this.#hasEnded;
  }

  /** Whether it will never be ready again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws {StartFailure}, {Unreachable}; {RuntimeError} LAUNCHER_LOST */
  async launch(launch: Launch): Promise<Launched> {
    if (!this.isReady) throw lost();
    const id = ++this.#lastId;
    const exited = new Promise<ExitStatus>((resolve, reject) => this.#exits.set(id, { resolve, reject }));
    // Whoever waits for it hears of it.
    exited.catch(() => {});
    this.#keepAlive();
    const answer = await new Promise<LaunchAnswer>((resolve, reject) => {
      this.#answers.set(id, { resolve, reject });
      const request: LaunchRequest = { id, ...launch };
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    if ("pid" in answer) return { pid: answer.pid, exited };
    this.#exits.delete(id);
    this.#keepAlive();
    if ("failed" in answer) throw startFailure(launch, answer.failed);
    throw new Unreachable(answer.unreachable);
  }

  #take(message: LauncherMessage): void {
    if ("ready" in message) this.#isReady = true;
    else if ("exitCode" in message) {
      this.#exits.get(message.id)?.resolve(exitStatus(message.exitCode, message.signal));
      this.#exits.delete(message.id);
      this.#keepAlive();
    } else {
      this.#answers.get(message.id)?.resolve(message);
      this.#answers.delete(message.id);
    }
  }

  #lose(): void {
    this.#hasEnded = true;
    for (const waiting of [this.#answers, this.#exits]) {
      for (const { reject } of waiting.values()) reject(lost());
      waiting.clear();
    }
    this.#keepAlive();
  }

  #keepAlive(): void {
    const stdout = this.#child.stdout as Socket | null;
    if (this.#exits.size > 0) stdout?.ref();
    else stdout?.unref();
  }
}

function startProcess(): ChildProcess {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return spawn(process.execPath, [...SMALL, fileURLToPath(ENTRY), String(process.pid)], {
    cwd: "/",
    detached: true,
    env: { ...environment, [MARK_VARIABLE]: reapedMark().value },
    stdio: ["pipe", "pipe", "ignore"],
  });
}

function lost(): RuntimeError {
  return new RuntimeError("LAUNCHER_LOST", "The process that starts the processes of tasks has ended");
}
