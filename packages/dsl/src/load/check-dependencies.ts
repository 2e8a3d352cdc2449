import type { Task } from "../model.js";
import type { Diagnostics } from "./diagnostics.js";
import type { TaskDefinition } from "./read-task.js";

/** Reports a mistake at the text that names a task. */
type Complain = (
  definition: TaskDefinition,
  field: string,
  mistake: { text: string; message: string },
) => void;

/** Reports names that occur twice in a group, dependencies that do not exist, and cycles. */
export function checkDependencies(definitions: readonly TaskDefinition[], report: Diagnostics): void {
  const byName = indexNames(definitions, report);
  const complain: Complain = ({ place }, field, { text, message }) => report.add(place(field, text), message);
  let known = true;
  for (const definition of definitions) {
    for (const [field, name] of namedBy(definition.task)) {
      if (byName.has(name)) continue;
      known = false;
      const what = field === "depends_on" ? "depends on" : "handles the failure of";
      const hint = report.suggest(name, byName.keys());
      const message = `${what} "${name}", which does not exist in this group${hint}`;
      complain(definition, field, { text: name, message });
    }
  }
  if (known) complainOfCycle(byName, complain);
}

function indexNames(
  definitions: readonly TaskDefinition[],
  report: Diagnostics,
): Map<string, TaskDefinition> {
  const byName = new Map<string, TaskDefinition>();
  for (const definition of definitions) {
    const { at, name } = definition.task;
    const first = byName.get(name)?.task.at;
    if (!first) byName.set(name, definition);
    else {
      const where = first.file === at.file ? `in line ${first.line}` : `in ${first.file}:${first.line}`;
      report.add(definition.place("name"), `is used twice, first ${where}`);
    }
  }
  return byName;
}

function complainOfCycle(byName: ReadonlyMap<string, TaskDefinition>, complain: Complain): void {
  const edges = [...byName].map(([name, { task }]): [string, { dependsOn: string[] }] => [
    name,
    { dependsOn: namedBy(task).map(([, named]) => named) },
  ]);
  const cycle = findCycle(new Map(edges));
  const first = cycle && byName.get(cycle[0] ?? "");
  if (!cycle || !first) return;
  const text = cycle[1] ?? "";
  const field = first.task.dependsOn.includes(text) ? "depends_on" : "next_if_fail";
  complain(first, field, { text, message: `the dependencies form a cycle: ${cycle.join(" -> ")}` });
}

/** The tasks that a task waits for, and the field that says so. */
function namedBy({ dependsOn, nextIfFail = [] }: Task): ["depends_on" | "next_if_fail", string][] {
  return [
    ...dependsOn.map((name): ["depends_on", string] => ["depends_on", name]),
    ...nextIfFail.map((name): ["next_if_fail", string] => ["next_if_fail", name]),
  ];
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
