/**
 * `node benchmarks/run.mjs all|workspace|scheduling …`: builds the packages and the benchmarks, and runs all of them, or one
 * with options of its own. `--help` lists them.
 */
import path from "node:path";
import { bootstrap } from "../scripts/bootstrap.mjs";
import { capture, cleanEnvironment, root, tool } from "../scripts/processes.mjs";

// What npm tells the scripts it runs would mislead the npm that makes a tree.
const environment = cleanEnvironment();
for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];

await bootstrap();
const { code, output } = await capture(tool("tsc"), ["-p", "benchmarks"]);
if (code === 0) {
  const [name, ...args] = process.argv.slice(2);
  const { main } = await import(
    path.join(root, "benchmarks/dist/benchmarks", name === "all" ? "" : name, "main.js")
  );
  process.exitCode = await main(args, root);
} else {
  process.stderr.write(`tsc -p benchmarks failed:\n${output}`);
  process.exitCode = 1;
}
