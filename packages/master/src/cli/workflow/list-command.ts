import type { Delegation, Task } from "@sloth/dsl";
import { formatDelegation } from "../../view/format-delegation.js";
import { printable } from "../../view/printable.js";
import type { FileArguments } from "./file-option.js";
import { loadFile } from "./load-file.js";

/** Prints the groups and tasks of a workflow in the order of the source. */
export async function listCommand(args: FileArguments): Promise<number> {
  const { workflow } = await loadFile(args);
  for (const group of workflow.groups) {
    print(`${group.name}${note(group.description)}`);
    for (const task of group.tasks) print(`  ${taskLine(task, task.delegateTo ?? group.delegateTo)}`);
  }
  return 0;
}

function taskLine(task: Task, delegation: Delegation | false | undefined): string {
  const place = delegation ? ` @${formatDelegation(delegation)}` : "";
  const after = task.dependsOn.length > 0 ? ` (after ${task.dependsOn.join(", ")})` : "";
  return `${task.name}${place}${after}${note(task.description)}`;
}

function note(description: string | undefined): string {
  return description ? `  - ${description}` : "";
}

function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}
