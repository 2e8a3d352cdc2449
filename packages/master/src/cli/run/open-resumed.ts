import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type LoadedWorkflow, taskDefinitions } from "@sloth/dsl";
import { endRunsOf, type TaskEvent } from "@sloth/runtime";
import { restoreSnapshot, WorkspaceError } from "@sloth/workspace";
import type { LeftAttempt } from "../../dispatch/joined-task-runner.js";
import { MasterError } from "../../master-error.js";
import { DEFAULT_GRACE_MS, type PlannedTask } from "../../plan/plan-run.js";
import { chooseRerun, type Rerun } from "../../plan/rerun.js";
import { RUN_FILES } from "../../run-store/run-files.js";
import type { TaskRecord } from "../../run-store/run-record.js";
import { readStarts } from "../../run-store/start-log.js";
import { readEvents, type StoredRun } from "../../run-store/stored-runs.js";
import { claimSuccession, intendSuccession, readSuccessor } from "../../run-store/succession.js";
import { readBase, readTickets, type Ticket } from "../../run-store/tickets.js";
import { describeResumed } from "../../view/rerun-line.js";
import { complain, type Output, openOutput } from "../output.js";

/** A run that was killed, and what is taken up of it. */
export interface Resumed {
  rerun: Rerun;
  /** What was left of a task on an agent; undefined where nothing is to be joined. */
  leftOf(task: PlannedTask): Promise<Omit<LeftAttempt, "adopt"> | undefined>;
  /** Called before anything is recorded of the run that takes it up. */
  intend(successor: string): Promise<void>;
  /** Called before tasks begin. @throws {MasterError} USAGE when another run was first */
  claim(successor: string): Promise<void>;
}

export interface ResumeOptions {
  run: StoredRun;
  /** Whether what cannot be joined runs again; else its outcome is unknown, and stays so. */
  rerunsUnknown: boolean;
  /** What its tasks here are given between TERM and KILL, should any live. Default {@link DEFAULT_GRACE_MS}. */
  graceMs?: number | undefined;
  output?: Output;
}

/**
 * What is taken up of a run that was killed; says what that comes to.
 * @throws {MasterError} USAGE when the workflow has changed, or the directory is gone of what had begun
 */
export async function openResumed(
  loaded: LoadedWorkflow,
  { run, rerunsUnknown, graceMs = DEFAULT_GRACE_MS, output = openOutput() }: ResumeOptions,
): Promise<Resumed> {
  const { record, directory, runId } = run;
  await endWhatRuns(directory, graceMs);
  // Of several the last attempt, which is the one that may live.
  const inOrder = (await readTickets(directory)).sort((a, b) => a.attempt - b.attempt);
  const tickets = new Map(inOrder.map((ticket) => [keyOf(ticket), ticket]));
  const bases = await readBases(directory, [...tickets.values()]);
  const joinable = (known: { group: string; task: string }) => {
    const ticket = tickets.get(keyOf(known));
    return ticket && bases.has(ticket.base) ? ticket : undefined;
  };
  const lastStartOf = await readStarts(directory);
  const chosen = chooseRerun({
    groups: loaded.workflow.groups,
    record,
    definitionOf: taskDefinitions(loaded),
    mayHaveBegun: (task) =>
      task.status === "pending" && (tickets.has(keyOf(task)) || lastStartOf(task) > (task.attempt ?? 0)),
    advice: "Put it back as it was to take the run up, or run it anew.",
  });
  if (!rerunsUnknown) requireDirectories(chosen);
  const isJoined = ([, known]: [unknown, TaskRecord]) => joinable(known) !== undefined;
  const underway = rerunsUnknown ? new Map([...chosen.underway].filter(isJoined)) : chosen.underway;
  const rerun = { ...chosen, underway, rerunsUnknown };
  const unknown = [...chosen.underway.values()].filter((known) => joinable(known) === undefined);
  await complain(
    output,
    describeResumed(rerun, unknown, (known) => joinable(known)?.agent.label),
  );
  return {
    rerun,
    async leftOf({ group, task, underway: known }) {
      const ticket = known && joinable({ group, task: task.name });
      const encodedBase = ticket && bases.get(ticket.base);
      if (!ticket || !encodedBase) return undefined;
      const hasStarted = known.status === "running" && known.attempt === ticket.attempt;
      const origin = ticket.origin ?? { runId, hasStarted };
      return {
        ticket: { ...ticket, origin },
        hasStarted: origin.hasStarted,
        encodedBase,
        output: () => recordedOutput(join(dirname(directory), origin.runId), ticket),
      };
    },
    intend: (successor) => intendSuccession(loaded.directory, { from: runId, to: successor }),
    async claim(successor) {
      if (await claimSuccession(directory, successor)) return;
      throw takenUp(runId, (await readSuccessor(directory)) ?? "another run");
    },
  };
}

/** What its process has started on this machine, and its reaper has not ended yet. */
async function endWhatRuns(directory: string, graceMs: number): Promise<void> {
  const mark = await readFile(join(directory, RUN_FILES.mark), "utf8").catch(() => "");
  if (/^[0-9a-f]{32}$/.test(mark)) await endRunsOf(mark, graceMs);
}

export function takenUp(runId: string, successor: string): MasterError {
  return new MasterError("USAGE", `Run ${runId} was taken up by run ${successor}. Resume that one.`);
}

/** What the last attempt of a task has printed and logged, as it was recorded. Reads the events twice, holding none. */
async function* recordedOutput(
  directory: string,
  { group, task }: Ticket,
): AsyncGenerator<Extract<TaskEvent, { type: "output" | "log" }>> {
  const isOf = (info: { group: string; name: string }) => info.group === group && info.name === task;
  let retries = 0;
  for await (const event of readEvents(directory))
    if (event.type === "task-retrying" && isOf(event.task)) retries += 1;
  for await (const event of readEvents(directory)) {
    if (event.type === "task-retrying" && isOf(event.task)) retries -= 1;
    if (retries > 0) continue;
    if (event.type === "task-output" && isOf(event.task))
      yield { type: "output", stream: event.stream, bytes: event.bytes };
    if (event.type === "task-log" && isOf(event.task) && !event.by)
      yield { type: "log", record: event.record };
  }
}

/** What had begun in a fresh directory, which is gone with the run, can only run again. */
function requireDirectories({ record, groups, again }: Rerun): void {
  for (const { name, createWorkdir, tasks } of groups) {
    if (!createWorkdir || !tasks.some((task) => again.has(task))) continue;
    const begun = record.tasks.filter(({ group, attempt }) => group === name && attempt !== undefined);
    if (begun.length === 0) continue;
    throw new MasterError(
      "USAGE",
      `Group "${name}" worked in a fresh directory, which is gone with run ${record.runId}: ` +
        `${begun.map(({ task }) => task).join(", ")} would run again, also what has succeeded or may have. ` +
        "If that may be: sloth resume --rerun-unknown",
    );
  }
}

/** By digest, those of the snapshots that can be read: without it what comes back cannot be compared. */
async function readBases(
  directory: string,
  tickets: readonly Ticket[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const bases = new Map<string, Uint8Array>();
  for (const { root, base } of tickets) {
    const encoded = await readBase(directory, base);
    if (encoded && isSnapshot(root, encoded, base)) bases.set(base, encoded);
  }
  return bases;
}

function isSnapshot(root: string, encoded: Uint8Array, digest: string): boolean {
  try {
    return restoreSnapshot(root, encoded).rootDigest === digest;
  } catch (error) {
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}

function keyOf({ group, task }: { group: string; task: string }): string {
  return join(group, task);
}
