import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** What the built package has in `path`, for code that runs in another process. */
export function built(path: string): string {
  return new URL(`../../dist/${path}`, import.meta.url).href;
}

/** Runs a module given as text in a process of its own, with a channel for messages. */
export function startChild(code: string): ChildProcess {
  return spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** How a process ended: its exit code, or the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode ?? child.exitCode;
}
