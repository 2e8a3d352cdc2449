import { printableName } from "../view/printable.js";
import { type NumberedEdge, type NumberedGroup, numbered } from "./numbered.js";
import type { GraphTask, WorkflowGraph } from "./workflow-graph.js";

/**
 * A graph in the language of Graphviz, by lines.
 * @see https://graphviz.org/doc/info/lang.html
 */
export function renderDot(graph: WorkflowGraph): string[] {
  return ["digraph workflow {", "  node [shape=box];", ...numbered(graph).flatMap(drawGroup), "}"];
}

function drawGroup({ id, name, tasks, edges }: NumberedGroup): string[] {
  return [
    // What begins so is drawn as a box.
    `  subgraph cluster_${id} {`,
    `    label="${quoted(name)}";`,
    ...tasks.map(({ id, task }) => `    ${id} [label="${label(task)}"];`),
    ...edges.map((edge) => `    ${drawEdge(edge)}`),
    "  }",
  ];
}

function label({ name, delegateTo }: GraphTask): string {
  return quoted(name) + (delegateTo === undefined ? "" : `\\n@${quoted(delegateTo)}`);
}

function drawEdge({ from, to, isHandler }: NumberedEdge): string {
  return `${from} -> ${to}${isHandler ? ' [style=dashed, label="fails"]' : ""};`;
}

/** In a label a backslash begins an escape such as `\N`, the name of the node, and `&` an entity of HTML. */
function quoted(text: string): string {
  return printableName(text).replaceAll("&", "&amp;").replace(/["\\]/g, "\\$&");
}
