/**
 * The entry of a process that starts others for a runner: `node launcher-process.js RUNNER_PID`. `launcher.ts` says why.
 * It ends when its standard input does, of which only the runner holds the other end.
 */
import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import type { StartError } from "../process/launch.js";
import { type LauncherMessage, type LaunchRequest, splitLines } from "./messages.js";

const [runner = ""] = process.argv.slice(2);

// Whoever tells everything to end may give tasks the time to do so; this ends with the runner.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => {});
process.stdout.on("error", () => process.exit());
process.stdin
  .setEncoding("utf8")
  .on(
    "data",
    splitLines((line) => launch(JSON.parse(line))),
  )
  .on("end", () => process.exit());
say({ ready: true });

function launch({ id, stdio, ...request }: LaunchRequest): void {
  const opened: number[] = [];
  try {
    for (const [index, fd] of (stdio ?? []).entries())
      opened.push(
        openSync(`/proc/${runner}/fd/${fd}`, index === 0 ? constants.O_RDONLY : constants.O_WRONLY),
      );
  } catch (error) {
    say({ id, unreachable: (error as Error).message });
    for (const fd of opened) closeSync(fd);
    return;
  }
  try {
    start(id, request, opened);
  } catch (error) {
    say({ id, failed: plain(error as StartError) });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function start(id: number, request: Omit<LaunchRequest, "id" | "stdio">, fds: number[]): void {
  const { file, args, argv0, directory: cwd, environment: env } = request;
  const stdio = fds.length > 0 ? fds : "ignore";
  const child = spawn(file, args, { argv0, cwd, env, stdio, detached: true });
  if (child.pid === undefined) {
    child.on("error", (error: StartError) => say({ id, failed: plain(error) }));
    return;
  }
  say({ id, pid: child.pid });
  child.on("exit", (exitCode, signal) => say({ id, exitCode, signal }));
}

function plain({ code, message }: StartError): StartError {
  return { code, message };
}

function say(message: LauncherMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
