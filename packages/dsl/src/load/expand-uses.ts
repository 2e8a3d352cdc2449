import { describeType, isRawTable, type RawTable, type RawValue } from "./raw-model.js";

/** More than anybody reuses reuse; a table that uses itself has no end. */
const MOST_LEVELS = 32;

type Expanded = { task: RawTable } | { problem: string };

/**
 * A task with what it `uses`: each field that stands beside it wins, and where both are maps they are merged, at every
 * depth. Lists and functions are replaced, and so is `delegate_to` where it says another way of choosing an agent: an
 * address and labels together would choose none.
 */
export function expandUses(task: RawTable, levels = 0): Expanded {
  // Nearly every task; to copy it costs more than all else here.
  if (task.uses === undefined || task.uses === null) return { task };
  const { uses, ...own } = task;
  if (!isRawTable(uses))
    return { problem: `must be a task table, as from import, got ${describeType(uses)}` };
  if (levels === MOST_LEVELS) return { problem: `leads through more than ${MOST_LEVELS} tasks` };
  const base = expandUses(uses, levels + 1);
  return "problem" in base ? base : { task: mergeTasks(base.task, own) };
}

function mergeTasks(base: RawTable, over: RawTable): RawTable {
  const merged = merge(base, over);
  const [before, after] = [base.delegate_to, over.delegate_to];
  if (isRawTable(before) && isRawTable(after) && saysAnotherWay(before, after)) merged.delegate_to = after;
  return merged;
}

function saysAnotherWay(before: RawTable, after: RawTable): boolean {
  const waysOf = (delegation: RawTable) => Object.keys(delegation).filter((field) => field !== "max");
  return waysOf(after).some((way) => !(way in before));
}

function merge(base: RawTable, over: RawTable): RawTable {
  const merged: RawTable = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const before: RawValue | undefined = merged[key];
    merged[key] = isRawTable(before) && isRawTable(value) ? merge(before, value) : value;
  }
  return merged;
}
