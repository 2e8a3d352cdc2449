import type { KeptListing, KeptSummary } from "@sloth/workspace";
import { MasterError } from "../master-error.js";
import { idsLike } from "./find-run.js";

/** Kept changes that could be read. */
export interface Kept {
  directory: string;
  summary: KeptSummary;
}

export function isReadable(listing: KeptListing): listing is Kept {
  return "summary" in listing;
}

/**
 * The kept changes of the one run whose id begins or ends so, in any case, or of the last one that has some: `last`.
 * @throws {MasterError} NOT_FOUND
 */
export function selectRun(all: readonly Kept[], wanted: string): Kept[] {
  const known = distinct(all.map(({ summary }) => summary.run)).toSorted();
  const runs = wanted === "last" ? known.slice(-1) : idsLike(known, wanted);
  const [run] = runs;
  if (runs.length > 1) throw notFound(`"${wanted}" fits several runs`, runs);
  if (run === undefined) throw notFound(`No run "${wanted}" has kept changes`, known);
  return all.filter(({ summary }) => summary.run === run);
}

/**
 * The kept changes of one attempt of a task: the given one, else the last.
 * @param task - `group/task`, or the name of a task that one group has; may be left out where there is but one
 * @throws {MasterError} NOT_FOUND
 */
export function selectTask(run: readonly Kept[], task: string | undefined, attempt?: number): Kept {
  const found = run.filter(
    ({ summary }) => task === undefined || nameOf(summary) === task || summary.task === task,
  );
  const names = distinct(found.map(({ summary }) => nameOf(summary)));
  if (names.length > 1) throw notFound("Several tasks fit", names);
  if (names.length === 0)
    throw notFound(
      `This run has kept no changes of a task "${task}"`,
      distinct(run.map((kept) => nameOf(kept.summary))),
    );
  const attempts = found.toSorted((a, b) => a.summary.attempt - b.summary.attempt);
  const chosen =
    attempt === undefined ? attempts.at(-1) : attempts.find(({ summary }) => summary.attempt === attempt);
  if (chosen !== undefined) return chosen;
  throw notFound(
    `Attempt ${attempt} of ${names[0]} has kept no changes`,
    attempts.map(({ summary }) => `${summary.attempt}`),
  );
}

/** `group/task`. */
function nameOf({ group, task }: KeptSummary): string {
  return `${group}/${task}`;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function notFound(what: string, choices: readonly string[]): MasterError {
  const shown = choices.slice(-10).join(", ");
  return new MasterError(
    "NOT_FOUND",
    `${what}. ${shown === "" ? "There are none." : `There are: ${shown}.`}`,
  );
}
