import { seededRandom } from "../../e2e/support/random.js";

/** Tasks that do nothing, by what each depends on: others before it. */
export type Graph = number[][];

/** Each task depends on none, one or two before it, always the same for one size. */
export function randomGraph(size: number): Graph {
  const random = seededRandom(size);
  return Array.from({ length: size }, (_, index) => {
    const wanted = [random(), random()].filter((number) => index > 0 && number < 0.5);
    return [...new Set(wanted.map((number) => Math.floor(number * 2 * index)))];
  });
}

/** @param agents - addresses that the tasks are dealt out to; none: here */
export function asWorkflow(graph: Graph, agents: readonly string[]): string {
  const tasks = graph.map((needs, index) => {
    const where = agents.length > 0 ? `, delegate_to = "${agents[index % agents.length]}"` : "";
    const names = needs.map((number) => `"t${number}"`).join(", ");
    return `{ name = "t${index}", command = "true", depends_on = { ${names} }${where} }`;
  });
  return `TaskDefinitions = { g = { tasks = {\n${tasks.join(",\n")}\n} } }\n`;
}

/** `bash -c` as sloth uses it. */
export function asMakefile(graph: Graph): string {
  const all = graph.map((_, index) => `t${index}`).join(" ");
  // A semicolon, since make would run `true` without a shell.
  const rules = graph.map((needs, index) => `t${index}: ${needs.map((n) => `t${n}`).join(" ")}\n\t@true;`);
  return `SHELL = /bin/bash\n.PHONY: ${all} all\nall: ${all}\n${rules.join("\n")}\n`;
}
