import { lstat } from "node:fs/promises";
import { MasterError } from "../../master-error.js";
import { findRun } from "../../run-store/find-run.js";
import { isRunning, listRunIds, readRun, type StoredRun } from "../../run-store/stored-runs.js";
import { readSuccessor, readUnclaimed } from "../../run-store/succession.js";
import type { ParseCommandLine } from "../command-line/command.js";
import { usage } from "../command-line/option-values.js";
import { EXIT } from "../exit-code.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import { takenUp } from "./open-resumed.js";
import type { ResumeArguments } from "./resume-options.js";
import { runCommand } from "./run-command.js";
import type { RunArguments } from "./run-options.js";

/**
 * Takes up a run whose process was killed, with the command line of that run; gives the exit code.
 * @throws {MasterError} NOT_FOUND, USAGE
 */
export async function resumeCommand(
  { run: wanted, rerunsUnknown, words, ...place }: ResumeArguments,
  parse: ParseCommandLine,
): Promise<number> {
  const run = await findKilled(await findWorkflowDirectory(place), wanted);
  const { command, runId } = run.record;
  if (!command) throw usage(`Run ${runId} was not started from a command line, so it cannot be taken up.`);
  enter(command.directory, runId);
  const again = command.words.slice(command.words.indexOf("run") + 1);
  const chosen = await parse(["run", ...withoutOutput(again, words), ...words]);
  if (chosen.kind === "usage-error") throw usage(chosen.message);
  if (chosen.kind === "shown") return EXIT.succeeded;
  return runCommand({ ...(chosen.args as RunArguments), resumed: { run, rerunsUnknown } });
}

/** Where the run was started. @throws {MasterError} NOT_FOUND */
function enter(directory: string, runId: string): void {
  try {
    process.chdir(directory);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "is gone" : "cannot be entered";
    const message = `Run ${runId} was started in ${directory}, which ${reason}. Put it back to take the run up.`;
    throw new MasterError("NOT_FOUND", message, { cause });
  }
}

/** What a record says is done: it must be one's own. @throws {MasterError} USAGE */
async function requireOwn({ directory, runId }: StoredRun): Promise<void> {
  const { uid } = await lstat(directory);
  if (uid !== process.getuid?.())
    throw usage(`Run ${runId} was recorded by another user (${uid}), who alone may take it up.`);
}

/** The run that is meant; in the place of one that was killed before it could take another one up, the other one. */
async function findKilled(workflowDirectory: string, wanted: string): Promise<StoredRun> {
  const run = await findRun(workflowDirectory, wanted);
  const { runId, directory, record } = run;
  await requireOwn(run);
  const successor = await readSuccessor(directory);
  if (successor !== undefined) throw takenUp(runId, successor);
  if (isRunning(directory))
    throw usage(`Run ${runId} has not ended: its process lives. See sloth logs ${runId}.`);
  const unclaimed = await readUnclaimed(directory);
  if (unclaimed !== undefined) return findKilled(workflowDirectory, unclaimed);
  if (record.result === "unfinished") return run;
  const others = await unfinishedRuns(workflowDirectory);
  throw usage(
    `Run ${runId} has ended (${record.result}), so there is nothing to take up. ` +
      (others.length > 0
        ? `These have not: ${others.join(", ")}. Take one up with: sloth resume RUN.`
        : "What failed runs again with: sloth run --rerun-failed."),
  );
}

/** Runs that were killed and that no other has taken up, the newest first. */
async function unfinishedRuns(workflowDirectory: string): Promise<string[]> {
  const unfinished: string[] = [];
  for (const id of await listRunIds(workflowDirectory)) {
    const run = await readRun(workflowDirectory, id);
    if (run?.record.result !== "unfinished" || isRunning(run.directory)) continue;
    if ((await readSuccessor(run.directory)) === undefined) unfinished.push(id);
  }
  return unfinished;
}

/** What is typed now stands instead of what was typed then. */
function withoutOutput(then: readonly string[], now: readonly string[]): string[] {
  const names = now.map((word) => word.split("=")[0] ?? "");
  return then.filter((word, at) => {
    const isName = (other: string | undefined) => names.some((name) => other === name);
    return !(isName(word) || names.some((name) => word.startsWith(`${name}=`)) || isName(then[at - 1]));
  });
}
