import { printableName } from "../view/printable.js";
import { type PlacedTask, placeTasks } from "./place-tasks.js";
import type { GraphGroup, GraphTask, WorkflowGraph } from "./workflow-graph.js";

/** A chain of thousands would else become a page of blanks. */
const MOST_INDENT = 120;

/** Trees for people, by lines: below each task those that wait for it; dashed where they wait for its failure. */
export function renderText({ groups }: WorkflowGraph): string[] {
  return groups.flatMap((group) => [
    printableName(group.name) + note(group.description),
    ...treeLines(group),
  ]);
}

function treeLines({ tasks }: GraphGroup): string[] {
  const lines: string[] = [];
  const due = branchesOf(placeTasks(tasks), "");
  for (let branch = due.pop(); branch; branch = due.pop()) {
    const { placed, indent, isLast } = branch;
    const isHandler = placed.task.nextIfFail.includes(placed.below ?? "");
    const turn = `${isLast ? "└" : "├"}${isHandler ? "╌" : "─"} `;
    lines.push(shorten(indent) + turn + describeTask(placed));
    due.push(...branchesOf(placed.children, (indent + (isLast ? "   " : "│  ")).slice(-MOST_INDENT - 1)));
  }
  return lines;
}

interface Branch {
  placed: PlacedTask;
  /** What stands in front of its line; one longer than the most stands for all longer ones. */
  indent: string;
  isLast: boolean;
}

/** The first one last, as it is drawn next. */
function branchesOf(children: readonly PlacedTask[], indent: string): Branch[] {
  return children.map((placed, at) => ({ placed, indent, isLast: at === children.length - 1 })).reverse();
}

function describeTask({ task, below }: PlacedTask): string {
  const place = task.delegateTo === undefined ? "" : ` @${printableName(task.delegateTo)}`;
  return printableName(task.name) + place + waitsFor(task, below) + note(task.description);
}

/** What the place in the tree does not say. */
function waitsFor({ dependsOn, nextIfFail }: GraphTask, below: string | undefined): string {
  const others = dependsOn.filter((name) => name !== below).map(printableName);
  const failing = nextIfFail.map(printableName);
  return [
    others.length > 0
      ? ` (${dependsOn.length > others.length ? "also " : ""}after ${others.join(", ")})`
      : "",
    failing.length > 0 ? ` (if ${failing.join(" or ")} fails)` : "",
  ].join("");
}

function shorten(indent: string): string {
  return indent.length > MOST_INDENT ? `…${indent.slice(-MOST_INDENT)}` : indent;
}

function note(description: string | undefined): string {
  return description ? `  - ${printableName(description)}` : "";
}
