// A tool of one's own on top of @sloth/dsl: prints the tasks of a workflow as a graph for Graphviz. Nothing of it runs.
//   node print-graph.mjs pipeline.lua | dot -Tsvg > pipeline.svg
import { DslError, loadWorkflow } from "@sloth/dsl";

try {
  const { workflow } = await loadWorkflow(process.argv[2] ?? "pipeline.lua");
  console.log("digraph workflow {");
  for (const group of workflow.groups) {
    const node = (name) => JSON.stringify(`${group.name}/${name}`);
    for (const task of group.tasks) {
      console.log(`  ${node(task.name)};`);
      for (const name of task.dependsOn) console.log(`  ${node(name)} -> ${node(task.name)};`);
      for (const name of task.nextIfFail ?? [])
        console.log(`  ${node(name)} -> ${node(task.name)} [style=dashed];`);
    }
  }
  console.log("}");
} catch (error) {
  if (!(error instanceof DslError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
