import { lstatSync, readdirSync } from "node:fs";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { Pace } from "../pacing.js";
import { begunStepsIn, CommitArea } from "./commit-area.js";
import { findStranger, type Stranger } from "./compare-plan.js";
import { type RecordedStep, readPlan } from "./plan-file.js";
import { StepRunner } from "./step-runner.js";
import { TreeCursor } from "./tree-cursor.js";

export interface RecoverOptions {
  root: string;
  stateDirectory: string;
  /** Removes a directory that is owed nothing any more. */
  remove: (location: string) => Promise<void>;
  onStep: (name: string) => void;
}

/** What a commit that did not come to its end left. */
interface Unfinished {
  location: string;
  direction: "redo" | "undo";
  steps: RecordedStep[];
}

/** Whether a commit did not come to its end, or is under way in another process. */
export function hasUnfinished(stateDirectory: string): boolean {
  return unfinishedIn(stateDirectory).length > 0;
}

/**
 * Carries through every commit that was interrupted after its commit mark, and undoes every one that was given up.
 * The caller has the workspace's lock. It may itself be interrupted anywhere, and be called again.
 * @throws {WorkspaceError} RECOVERY_BLOCKED, naming the path, when somebody else changed a path since, or the
 * journal cannot be used; then nothing was touched, or, when the system refused a step, less is left to do
 */
export async function recover(options: RecoverOptions): Promise<void> {
  for (const { location, direction } of unfinishedIn(options.stateDirectory)) {
    const unfinished = read(options.root, location, direction);
    const cursor = new TreeCursor(options.root);
    try {
      compare(cursor, unfinished);
      await finish(cursor, unfinished, options.onStep);
    } finally {
      cursor.close();
    }
    const area = new CommitArea(options.stateDirectory, location);
    options.onStep("done");
    area.leave();
    options.onStep("clean up");
    await options.remove(area.location);
  }
}

function unfinishedIn(stateDirectory: string): Pick<Unfinished, "location" | "direction">[] {
  const list = (place: string, direction: Unfinished["direction"]) =>
    namesIn(`${stateDirectory}/${place}`).map((name) => ({
      location: `${stateDirectory}/${place}/${name}`,
      direction,
    }));
  return [...list("rollback", "undo"), ...list("journal", "redo")];
}

function namesIn(directory: string): string[] {
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) throw blockedBy(directory, "it is not a directory");
  return readdirSync(directory).sort();
}

function read(root: string, location: string, direction: Unfinished["direction"]): Unfinished {
  const stats = lstatSync(location);
  if (!stats.isDirectory()) throw blockedBy(location, "it is not a directory");
  if (stats.uid !== process.geteuid?.())
    throw blockedBy(location, `it belongs to another user (${stats.uid})`);
  const begun = direction === "redo" ? Number.POSITIVE_INFINITY : begunStepsIn(location);
  if (begun === undefined) throw blockedBy(location, "its name is not one that we give");
  try {
    const steps = readPlan({ root, directory: location });
    return { location, direction, steps: steps.slice(0, begun) };
  } catch (cause) {
    throw blockedBy(location, systemReason(cause), cause);
  }
}

function compare(cursor: TreeCursor, { location, direction, steps }: Unfinished): void {
  const stranger = findStranger({ cursor, directory: location, steps, direction });
  if (stranger !== undefined) throw blockedAt(stranger, location, direction);
}

async function finish(
  cursor: TreeCursor,
  { location, direction, steps }: Unfinished,
  onStep: (name: string) => void,
): Promise<void> {
  const runner = new StepRunner({ cursor, directory: location, isAgain: true, onStep });
  const pace = new Pace(undefined);
  for (const step of direction === "redo" ? steps : steps.toReversed()) {
    if (pace.isDue()) await pace.rest();
    try {
      if (direction === "redo") runner.redo(step);
      else runner.undo(step);
    } catch (cause) {
      if (!(cause instanceof WorkspaceError) && systemCode(cause) === undefined) throw cause;
      throw stoppedAt(step.path, location, cause);
    }
  }
}

function blockedBy(location: string, reason: string, cause?: unknown): WorkspaceError {
  const message = `An interrupted change of this directory cannot be taken up from ${quote(location)}: ${reason}. Nothing was touched. To keep the directory as it stands now, move ${quote(location)} out of .sloth.`;
  return new WorkspaceError("RECOVERY_BLOCKED", message, { path: location, cause });
}

function blockedAt(stranger: Stranger, location: string, direction: Unfinished["direction"]): WorkspaceError {
  const { path, steps } = stranger;
  const aim = direction === "redo" ? "finished" : "undone";
  const message = [
    `A change of this directory was interrupted and cannot be ${aim}: ${quote(path)} is now ${whatStands(stranger)}, which is neither what was there nor what is to come.`,
    ...steps.flatMap((step) => whereContentsAre(step, location)),
    "Nothing was touched.",
    `Move ${quote(path)} aside and try again; or, to keep the directory as it stands now, move ${quote(location)} out of .sloth.`,
  ].join(" ");
  return new WorkspaceError("RECOVERY_BLOCKED", message, { path });
}

function whatStands({ stats }: Stranger): string {
  if (stats === undefined) return "missing";
  const mode = (Number(stats.mode) & 0o777).toString(8);
  if (stats.isDirectory()) return `a directory (mode ${mode})`;
  if (stats.isSymbolicLink()) return "a symlink";
  return stats.isFile() ? `a file of ${stats.size} bytes (mode ${mode})` : "something that is not carried";
}

function whereContentsAre(step: RecordedStep, location: string): string[] {
  const places: string[] = [];
  const note = (what: string, name: string) => {
    const file = `${location}/${name}`;
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined)
      places.push(`${what} is in ${quote(file)}.`);
  };
  if (step.kind === "remove") note("What was there", `old-${step.old}`);
  if (step.kind === "put") {
    if (step.replaces !== undefined) note("What was there", `old-${step.replaces.old}`);
    note("What is to come", `new-${step.staged}`);
  }
  return places;
}

function stoppedAt(path: string, location: string, cause: unknown): WorkspaceError {
  const message = `An interrupted change of this directory cannot be taken up at ${quote(path)}: ${systemReason(cause)}. Both contents are kept in ${quote(location)}. Make ${quote(path)} writable, or free space, and try again.`;
  return new WorkspaceError("RECOVERY_BLOCKED", message, { path, cause });
}
