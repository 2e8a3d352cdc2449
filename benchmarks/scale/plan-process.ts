/** The entry of a process that plans one workflow: `node plan-process.js FILE`. Prints what loading and planning took. */
import { loadWorkflow } from "@sloth/dsl";
import { emptyInventory, planRun } from "@sloth/master";

const [file = ""] = process.argv.slice(2);

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; cpuMs: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1000 };
}

const loaded = await timed(() => loadWorkflow(file));
const planned = await timed(() => planRun(loaded.value, { inventory: emptyInventory }));
process.stdout.write(JSON.stringify({ load: loaded.cpuMs, plan: planned.cpuMs }));
