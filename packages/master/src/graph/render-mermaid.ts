import { printableName } from "../view/printable.js";
import { type NumberedEdge, type NumberedGroup, numbered } from "./numbered.js";
import type { GraphTask, WorkflowGraph } from "./workflow-graph.js";

/**
 * A flowchart in the language of Mermaid, by lines.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function renderMermaid(graph: WorkflowGraph): string[] {
  return ["flowchart TD", ...numbered(graph).flatMap(drawGroup)];
}

function drawGroup({ id, name, tasks, edges }: NumberedGroup): string[] {
  return [
    `  subgraph ${id}["${quoted(name)}"]`,
    ...tasks.map(({ id, task }) => `    ${id}["${label(task)}"]`),
    ...edges.map((edge) => `    ${drawEdge(edge)}`),
    "  end",
  ];
}

function label({ name, delegateTo }: GraphTask): string {
  return quoted(name) + (delegateTo === undefined ? "" : `<br/>@${quoted(delegateTo)}`);
}

function drawEdge({ from, to, isHandler }: NumberedEdge): string {
  return isHandler ? `${from} -.->|fails| ${to}` : `${from} --> ${to}`;
}

/**
 * What Mermaid, HTML, or Markdown could take for itself: a colon since Mermaid looks for styles by `style.*:`, the letters
 * that stand for entities inside of it, an underscore at the edge of a word, and what begins a list.
 */
const SPECIAL = /[!-,:-?[-^`{-~ﬂ°¶]|(?<![\p{L}\p{N}])[-_]|_(?![\p{L}\p{N}])|(?<=^\d+)\./gu;

/** With numeric entities, in Mermaid's way. */
function quoted(text: string): string {
  return printableName(text).replace(SPECIAL, (character) => `#${character.codePointAt(0)};`);
}
