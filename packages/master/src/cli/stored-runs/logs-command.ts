import type { Writable } from "node:stream";
import { findRun, findTask, idsLike, tasksNamed } from "../../run-store/find-run.js";
import type { TaskRecord } from "../../run-store/run-record.js";
import { listRunIds, type StoredRun } from "../../run-store/stored-runs.js";
import { readLog } from "../../run-store/task-log.js";
import { untilDrained } from "../../until-drained.js";
import { usage } from "../command-line/option-values.js";
import { EXIT, exitCodeOfSignal } from "../exit-code.js";
import { type Output, openOutput } from "../output.js";
import { onStopSignal } from "../stop-signal.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import { replay } from "./replay.js";
import type { LogsArguments } from "./stored-run-options.js";

/** Writes what a task printed, byte for byte; gives the exit code. Without a task, shows the whole run again. */
export async function logsCommand(
  args: LogsArguments,
  output: Output = openOutput(),
  stdout: Writable = process.stdout,
): Promise<number> {
  const directory = await findWorkflowDirectory(args);
  const { run, task } = await choose(directory, args.names);
  if (task === undefined && args.follow)
    throw usage("To follow a run, name the task: sloth logs RUN TASK -f.");
  if (task === undefined) {
    await replay(run, output);
    return EXIT.succeeded;
  }
  const stop = onStopSignal({ action: "leaving" });
  try {
    const log = readLog(run, task, { follow: args.follow, signal: stop.signal });
    for await (const chunk of log) {
      if (stdout.destroyed) break;
      if (!stdout.write(chunk)) await untilDrained(stdout);
    }
  } finally {
    stop.forget();
  }
  return stop.received ? exitCodeOfSignal(stop.received) : EXIT.succeeded;
}

/** One name alone is a task of the last run, or else a run. */
async function choose(
  directory: string,
  [first, second]: readonly string[],
): Promise<{ run: StoredRun; task?: TaskRecord }> {
  if (second !== undefined) {
    const run = await findRun(directory, first);
    return { run, task: findTask(run, second) };
  }
  const last = await findRun(directory);
  if (first === undefined || first === "last") return { run: last };
  const isTask = tasksNamed(last.record.tasks, first).length > 0;
  const isRun = !isTask && idsLike(await listRunIds(directory), first).length > 0;
  return isRun ? { run: await findRun(directory, first) } : { run: last, task: findTask(last, first) };
}
