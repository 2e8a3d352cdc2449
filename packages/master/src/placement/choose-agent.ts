/**
 * Which agent runs the next attempt of a task, on plain data:
 *
 * 1. Nobody, while as many tasks are at what was asked for as may be there.
 * 2. Not an agent that cannot be reached.
 * 3. Not an agent on which this task has failed more often than on another one that is left, even if the other is
 *    busy or has not answered yet.
 * 4. Of those with room, the one with the most free slots; of these, one that holds the workspace already; of these,
 *    the first one.
 */

/** A candidate as placing sees it. */
export interface PlacedCandidate {
  /** `unknown`: it has not answered yet. `away`: it cannot be reached. */
  state: "ready" | "unknown" | "away";
  /** How many attempts run there at once. */
  slots: number;
  /** How many of this run are there now. */
  here: number;
  /** How many of others were there when it was last heard; they may have gone, so they only make it less welcome. */
  others: number;
  holdsWorkspace: boolean;
  /** How often this task has failed there. */
  failures: number;
}

export interface PlacementQuestion {
  /** In the order of preference. */
  candidates: readonly PlacedCandidate[];
  /** How many tasks of this run are at what was asked for. */
  atSelection: number;
  /** How many may be. Absent: any number. */
  max?: number | undefined;
}

/** `none`: there is nobody whom it is worth to wait for. */
export type Choice = { kind: "go"; index: number } | { kind: "wait" } | { kind: "none" };

export function chooseAgent({ candidates, atSelection, max }: PlacementQuestion): Choice {
  const left = candidates.flatMap((candidate, index) =>
    candidate.state === "away" ? [] : [{ ...candidate, index }],
  );
  if (left.length === 0) return { kind: "none" };
  if (max !== undefined && atSelection >= max) return { kind: "wait" };
  const leastFailures = left.reduce(
    (least, { failures }) => Math.min(least, failures),
    Number.POSITIVE_INFINITY,
  );
  const [best] = left
    .filter(({ failures, state }) => failures === leastFailures && state === "ready")
    .filter(({ slots, here }) => here < slots)
    .sort(
      (a, b) =>
        freeSlots(b) - freeSlots(a) ||
        Number(b.holdsWorkspace) - Number(a.holdsWorkspace) ||
        a.index - b.index,
    );
  return best ? { kind: "go", index: best.index } : { kind: "wait" };
}

function freeSlots({ slots, here, others }: PlacedCandidate): number {
  return Math.max(0, slots - here - others);
}
