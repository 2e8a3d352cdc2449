import type { Group, Task } from "../model.js";
import type { TableLayout } from "../source/table-layout.js";
import type { Diagnostics } from "./diagnostics.js";
import { SourceMap } from "./source-map.js";

/** Reports names that occur twice, dependencies that do not exist, and cycles. */
export function checkDependencies(group: Group, report: Diagnostics, layout: TableLayout | undefined): void {
  const byName = new Map<string, Task>();
  for (const task of group.tasks) {
    const first = byName.get(task.name);
    const place = { line: task.at.line, group: group.name, task: task.name };
    if (first) report.add({ ...place, field: "name" }, `is used twice, first in line ${first.at.line}`);
    else byName.set(task.name, task);
  }
  const complain = (task: Task, field: string, message: string) =>
    report.add({ line: fieldLine(task, field, layout), group: group.name, task: task.name, field }, message);
  let known = true;
  for (const task of group.tasks) {
    for (const [field, name] of namedBy(task)) {
      if (byName.has(name)) continue;
      known = false;
      const what = field === "depends_on" ? "depends on" : "handles the failure of";
      const hint = report.suggest(name, byName.keys());
      complain(task, field, `${what} "${name}", which does not exist in this group${hint}`);
    }
  }
  if (known) complainOfCycle(byName, complain);
}

function complainOfCycle(
  byName: ReadonlyMap<string, Task>,
  complain: (task: Task, field: string, message: string) => void,
): void {
  const edges = [...byName].map(([name, task]): [string, { dependsOn: string[] }] => [
    name,
    { dependsOn: namedBy(task).map(([, named]) => named) },
  ]);
  const cycle = findCycle(new Map(edges));
  const first = cycle && byName.get(cycle[0] ?? "");
  if (!cycle || !first) return;
  const field = first.dependsOn.includes(cycle[1] ?? "") ? "depends_on" : "next_if_fail";
  complain(first, field, `the dependencies form a cycle: ${cycle.join(" -> ")}`);
}

/** The tasks that a task waits for, and the field that says so. */
function namedBy({ dependsOn, nextIfFail = [] }: Task): ["depends_on" | "next_if_fail", string][] {
  return [
    ...dependsOn.map((name): ["depends_on", string] => ["depends_on", name]),
    ...nextIfFail.map((name): ["next_if_fail", string] => ["next_if_fail", name]),
  ];
}

/** The line of a field of a task, where the source shows it. */
function fieldLine(task: Task, field: string, layout: TableLayout | undefined): number {
  const entry = layout?.entries.find((candidate) => candidate.line === task.at.line && candidate.table);
  return new SourceMap(entry?.table).find(field, null, task.at.line).line;
}

/**
 * The first cycle in the order of the source, closed (`a, b, a`). Depth-first search with an explicit
 * stack: chains of thousands of tasks are legal.
 */
export function findCycle(byName: ReadonlyMap<string, { dependsOn: string[] }>): string[] | undefined {
  const done = new Set<string>();
  for (const start of byName.keys()) {
    const path: { name: string; next: number }[] = done.has(start) ? [] : [{ name: start, next: 0 }];
    const open = new Set(path.map((step) => step.name));
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const name = byName.get(step.name)?.dependsOn[step.next++];
      if (name === undefined) {
        done.add(step.name);
        open.delete(step.name);
        path.pop();
      } else if (open.has(name)) {
        const names = path.map((entry) => entry.name);
        return [...names.slice(names.indexOf(name)), name];
      } else if (!done.has(name)) {
        open.add(name);
        path.push({ name, next: 0 });
      }
    }
  }
  return undefined;
}
