import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { ensurePrograms } from "../processes/debian-packages.js";
import { openPrivateSshd } from "../processes/private-sshd.js";
import { run } from "../processes/run.js";
import { runNode } from "../processes/run-node.js";
import { compare, note } from "../report/compare.js";
import type { PartResult } from "../report/results.js";
import type { Target } from "../report/target.js";
import { rotate } from "../rotate.js";
import { startAgents } from "../sloth/agents.js";
import { runSloth, workflowDirectory } from "../sloth/run-sloth.js";
import { independent, workflowText } from "../sloth/workflow.js";

export interface ManyOptions {
  tasks: number;
  rounds: number;
  agentCounts: readonly number[];
  /** Of an agent. */
  slots: number;
}

/** Runs so many no-ops. */
type Contender = (count: number) => Promise<unknown>;

interface Entrant {
  /** A peer that takes long for each gets fewer, and its time for one is what counts. */
  count: number;
  run: Contender;
}

/** Thousands of independent tasks that do nothing: milliseconds for each, of whole commands. */
export async function measureMany(bench: Bench, options: ManyOptions): Promise<PartResult> {
  const notes: string[] = [];
  const entrants = await openEntrants(bench, options, notes);
  const times = new Map<string, number[]>([...entrants.keys()].map((name) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [name, { count, run }] of rotate([...entrants], round)) {
      const startedMs = performance.now();
      await run(count);
      note(times, name, (performance.now() - startedMs) / count);
      bench.say(`  ${name}: ${times.get(name)?.at(-1)?.toFixed(2)} ms a task`);
    }
  }
  const comparison = compare(`${options.tasks} tasks`, times, "ms a task");
  const counted = [...entrants].map(([name, { count }]) => `${count} for ${name}`).join(", ");
  return {
    key: "scale/many",
    title: "Scale: tasks that do nothing",
    tables: [comparison.table],
    notes: [`Tasks of a run: ${counted}.`, ...notes],
    samples: [Object.fromEntries(times)],
    targets: targets(comparison, options),
    plots: [comparison.plot],
  };
}

const LOOP = "a bare loop of spawns";
const onAgents = (count: number) => `sloth, ${count} ${count === 1 ? "agent" : "agents"}`;
const PARALLEL = "parallel -S";

function targets({ summaryOf }: ReturnType<typeof compare>, { agentCounts }: ManyOptions): Target[] {
  const ours = onAgents(agentCounts.includes(4) ? 4 : (agentCounts[0] ?? 1));
  const ratio = (peer: string, atMost: number): Target => ({
    what: `${ours} ÷ ${peer}, many no-ops`,
    value: summaryOf(ours).median / summaryOf(peer).median,
    unit: "×",
    atMost,
  });
  return [ratio(PARALLEL, 0.2), ratio(LOOP, 2)];
}

async function openEntrants(
  bench: Bench,
  { tasks, agentCounts, slots }: ManyOptions,
  notes: string[],
): Promise<Map<string, Entrant>> {
  const entrants = new Map<string, Entrant>();
  for (const count of agentCounts) {
    const agents = await startAgents(bench, count, ["--slots", String(slots)]);
    entrants.set(onAgents(count), { count: tasks, run: ours(bench, agents.addresses, agents.env) });
  }
  entrants.set("sloth, here", { count: tasks, run: ours(bench, [], {}) });
  const loop = join(bench.repository, "benchmarks/dist/benchmarks/scale/spawn-loop.js");
  const atOnce = String(availableParallelism());
  entrants.set(LOOP, {
    count: tasks,
    run: (count) => runNode(bench.repository, { argv: [loop, String(count), atOnce] }),
  });
  const parallel = await openParallel(bench, 4, slots);
  if (typeof parallel === "string") notes.push(`Without parallel: ${parallel}.`);
  else entrants.set(PARALLEL, { count: Math.max(50, Math.round(tasks / 50)), run: parallel });
  return entrants;
}

function ours(bench: Bench, agents: readonly string[], env: Record<string, string>): Contender {
  const directories = new Map<number, string>();
  return (count) => {
    const known = directories.get(count);
    const text = () => workflowText(independent(count, agents), 'workdir = "empty",');
    const directory = known ?? workflowDirectory(bench, text(), ["empty"]);
    directories.set(count, directory);
    return runSloth(bench, directory, { env });
  };
}

/** GNU parallel on as many hosts as there are agents, each with a fresh connection for each job, as it comes. */
async function openParallel(bench: Bench, hosts: number, slots: number): Promise<Contender | string> {
  const missing = await ensurePrograms(bench, { parallel: "parallel" });
  if (missing !== undefined) return missing;
  const sshd = await openPrivateSshd(bench);
  if ("missing" in sshd) return sshd.missing;
  const logins = Array.from({ length: hosts }, (_, host) => `${slots}/far${host + 1}`).join(",");
  const home = bench.freshDirectory("parallel");
  const script = 'seq "$1" | parallel --will-cite --ssh "$2" -S "$3" "true {}"';
  return (count) =>
    run({
      argv: ["sh", "-c", script, "sh", String(count), sshd.ssh(sshd.port).join(" "), logins],
      env: { HOME: home, PARALLEL_HOME: home },
    });
}
