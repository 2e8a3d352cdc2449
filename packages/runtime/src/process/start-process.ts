import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type OutputSink, OutputStream } from "../output/output-stream.js";
import { type Pipe, takePipes } from "../output/pipe-pool.js";
import type { ProcessTree } from "../process-tree/process-tree.js";
import type { Invocation } from "../shell/shell-invocation.js";
import { openInput } from "./process-input.js";
import { noteLeader } from "./suspend-processes.js";

export interface ProcessStart {
  invocation: Invocation;
  directory: string;
  /** The whole environment but for the mark of `tree`. */
  environment: NodeJS.ProcessEnv;
  /** What it reads from its standard input. Default: nothing. */
  stdin?: Uint8Array;
  stdout: OutputSink;
  stderr: OutputSink;
  /** That it becomes a part of. */
  tree: ProcessTree;
}

export interface StartedProcess {
  exited: Promise<ExitStatus>;
  outputs: OutputStream[];
}

/** One of both. */
export interface ExitStatus {
  exitCode?: number;
  signal?: string;
}

/** A process that could not be started, for a reason which the task can be told. */
export class StartFailure extends Error {
  override name = "StartFailure";
}

/**
 * Starts a process that leads its own group, with pipes for its output.
 *
 * @throws {StartFailure} The system refused, or the tree is already being ended.
 * @throws {RuntimeError} PIPES_UNAVAILABLE
 */
export async function startProcess(start: ProcessStart): Promise<StartedProcess> {
  const [stdout, stderr] = (await takePipes(2)) as [Pipe, Pipe];
  await ownTurn();
  const childFds = [stdout.writeFd, stderr.writeFd];
  try {
    childFds.unshift(openInput(start.stdin));
    const child = await spawnLeader(start, childFds);
    const exited = once(child, "exit").then(([code, signal]) => exitStatus(code, signal));
    const outputs = [
      new OutputStream(stdout.readFd, start.stdout),
      new OutputStream(stderr.readFd, start.stderr),
    ];
    return { exited, outputs };
  } catch (error) {
    closeSync(stdout.readFd);
    closeSync(stderr.readFd);
    throw error;
  } finally {
    for (const fd of childFds) closeSync(fd);
  }
}

let lastTurn: Promise<void> = Promise.resolve();

/** Starting a process blocks this thread for milliseconds, so of many that start at once others get turns between. */
function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => nextTurn());
  return lastTurn;
}

async function spawnLeader(start: ProcessStart, stdio: StdioOptions): Promise<ChildProcess> {
  const { invocation, directory, environment, tree } = start;
  if (tree.isEnding) throw new StartFailure("the task is being stopped");
  const child = spawnOrFail(invocation, { directory, environment: tree.markEnvironment(environment), stdio });
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    throw new StartFailure(`cannot start ${invocation.file}: ${error.code}`, { cause: error });
  }
  const { pid } = child;
  tree.add(pid);
  const forget = noteLeader(pid);
  child.once("exit", () => {
    forget();
    tree.leaderEnded(pid);
  });
  return child;
}

function spawnOrFail(
  { file, argv0, args }: Invocation,
  options: { directory: string; environment: NodeJS.ProcessEnv; stdio: StdioOptions },
): ChildProcess {
  try {
    return spawn(file, args, {
      argv0,
      cwd: options.directory,
      env: { ...options.environment, PWD: options.directory },
      stdio: options.stdio,
      detached: true,
    });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StartFailure(
      `cannot start ${file}: ${code === "E2BIG" ? "its arguments are too long" : message}`,
      {
        cause,
      },
    );
  }
}

function exitStatus(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  if (signal !== null) return { signal };
  return { exitCode: code ?? 0 };
}
