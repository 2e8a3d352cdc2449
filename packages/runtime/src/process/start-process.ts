import { closeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { launchProcess } from "../launcher/launch-process.js";
import { type OutputSink, OutputStream } from "../output/output-stream.js";
import { type Pipe, takePipes } from "../output/pipe-pool.js";
import type { ProcessTree } from "../process-tree/process-tree.js";
import type { Invocation } from "../shell/shell-invocation.js";
import { type ExitStatus, type Launched, StartFailure } from "./launch.js";
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

/**
 * Starts a process that leads its own group, with pipes for its output.
 *
 * @throws {StartFailure} The system refused, or the tree is already being ended.
 * @throws {RuntimeError} PIPES_UNAVAILABLE, LAUNCHER_LOST
 */
export async function startProcess(start: ProcessStart): Promise<StartedProcess> {
  const [stdout, stderr] = (await takePipes(2)) as [Pipe, Pipe];
  await ownTurn();
  const childFds = [stdout.writeFd, stderr.writeFd];
  try {
    const stdin = openInput(start.stdin);
    childFds.push(stdin);
    const { exited } = await launchLeader(start, [stdin, stdout.writeFd, stderr.writeFd]);
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

async function launchLeader(
  { invocation, directory, environment, tree }: ProcessStart,
  stdio: [stdin: number, stdout: number, stderr: number],
): Promise<Launched> {
  if (tree.isEnding) throw new StartFailure("the task is being stopped");
  const settle = tree.announce();
  try {
    const marked = tree.markEnvironment({ ...environment, PWD: directory });
    const { pid, exited } = await launchProcess({ ...invocation, directory, environment: marked, stdio });
    tree.add(pid);
    return { pid, exited: untilEnded(exited, pid, tree) };
  } finally {
    settle();
  }
}

/** Where nobody can tell whether the process has ended, the tree takes it for alive. */
function untilEnded(exited: Promise<ExitStatus>, pid: number, tree: ProcessTree): Promise<ExitStatus> {
  const forget = noteLeader(pid);
  const ended = exited.then((status) => {
    tree.leaderEnded(pid);
    return status;
  });
  // Whoever waits for it hears of it.
  ended.catch(() => {}).finally(forget);
  return ended;
}
