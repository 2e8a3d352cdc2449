import { renderDot } from "../../graph/render-dot.js";
import { renderMermaid } from "../../graph/render-mermaid.js";
import { renderText } from "../../graph/render-text.js";
import { graphOf, type WorkflowGraph } from "../../graph/workflow-graph.js";
import { EXIT } from "../exit-code.js";
import { type Output, openOutput, printLines } from "../output.js";
import { loadFile } from "../workflow/load-file.js";
import type { GraphArguments, GraphFormat } from "./graph-options.js";

const RENDERERS: Record<GraphFormat, (graph: WorkflowGraph) => string[]> = {
  text: renderText,
  mermaid: renderMermaid,
  dot: renderDot,
  json: (graph) => [JSON.stringify(graph)],
};

/** Prints what waits for what in a workflow; gives the exit code. */
export async function graphCommand(args: GraphArguments, output: Output = openOutput()): Promise<number> {
  const { workflow } = await loadFile(args);
  await printLines(output, RENDERERS[args.format](graphOf(workflow)));
  return EXIT.succeeded;
}
