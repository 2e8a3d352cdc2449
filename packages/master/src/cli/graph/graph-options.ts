import type { Argv } from "yargs";
import { oneOf } from "../command-line/option-values.js";
import { type FileArguments, fileOption, toFile } from "../workflow/file-option.js";

export const GRAPH_FORMATS = ["text", "mermaid", "dot", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

export interface GraphArguments extends FileArguments {
  format: GraphFormat;
}

export function graphOptions(command: Argv) {
  return fileOption(command)
    .option("format", {
      type: "string",
      describe: `How the graph is printed: ${GRAPH_FORMATS.join(", ")}  [default: text]`,
    })
    .example("$0 -f FILE --format dot | dot -Tsvg > graph.svg", "As a picture, by Graphviz");
}

/** @throws {MasterError} USAGE */
export function toGraph(parsed: Record<string, unknown>): GraphArguments {
  return { ...toFile(parsed), format: oneOf("format", parsed.format, GRAPH_FORMATS) ?? "text" };
}
