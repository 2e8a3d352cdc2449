import { closeSync, constants, mkdtempSync, openSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { launchProcess } from "../launcher/launch-process.js";
import { temporaryPath } from "../reaper/temporary-path.js";
import { RuntimeError } from "../runtime-error.js";

/*
 * Pipes for the output of processes.
 *
 * Node connects a child by a socket pair, and a socket cannot be opened by name: `echo x > /dev/stderr`
 * and `tee /dev/stderr` fail with "No such device or address" (https://github.com/nodejs/node/issues/21941).
 * A task must behave as it does under a shell, so it gets real pipes. Node has no pipe(2); named pipes that
 * are opened at both ends and unlinked at once are the same thing. One mkfifo process makes a batch.
 */

/** One pipe; both ends are file descriptors that the receiver of this closes. */
export interface Pipe {
  readFd: number;
  writeFd: number;
}

const BATCH = 16;
/** Making the next ones must not hold up what these were taken for. */
const REFILL_AFTER_MS = 10;
const spare: Pipe[] = [];
let batch: Promise<void> | undefined;

/**
 * Takes pipes that nobody else has.
 *
 * @throws {RuntimeError} PIPES_UNAVAILABLE
 */
export async function takePipes(count: number): Promise<Pipe[]> {
  while (spare.length < count) await refill();
  const taken = spare.splice(0, count);
  // The next one need not wait. If it fails, the next one is told when it tries itself.
  if (spare.length < count) setTimeout(() => refill().catch(() => {}), REFILL_AFTER_MS).unref();
  return taken;
}

function refill(): Promise<void> {
  batch ??= makeBatch().finally(() => {
    batch = undefined;
  });
  return batch;
}

async function makeBatch(): Promise<void> {
  const directory = mkdtempSync(temporaryPath("pipes"));
  try {
    const paths = Array.from({ length: BATCH }, (_, index) => join(directory, String(index)));
    await makeNamedPipes(directory, paths);
    for (const path of paths) {
      spare.push(openPipe(path));
      unlinkSync(path);
    }
  } catch (cause) {
    throw new RuntimeError("PIPES_UNAVAILABLE", `Cannot make pipes for output in ${directory}`, { cause });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function makeNamedPipes(directory: string, paths: string[]): Promise<void> {
  const args = ["-m", "600", ...paths];
  const mkfifo = { file: "mkfifo", argv0: "mkfifo", args, directory, environment: process.env };
  const { exited } = await launchProcess(mkfifo);
  const { exitCode, signal } = await exited;
  if (exitCode !== 0) throw new Error(`mkfifo ended with ${signal ?? exitCode}`);
}

function openPipe(path: string): Pipe {
  // Opening the reading end without O_NONBLOCK would wait for a writer.
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { readFd, writeFd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
}
