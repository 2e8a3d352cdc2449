import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProgram } from "../../e2e/support/processes.js";
import { summarize } from "../report/statistics.js";
import { ratio, renderTable, type Table } from "../report/table.js";
import { type Contender, contenders, type Measured, type Place } from "./contenders.js";
import { randomGraph } from "./graph.js";

const HELP = `npm run benchmark:scheduling -- [options]

  --tasks NUMBERS   sizes of the graphs; default 500,2000,10000
  --where PLACES    of local,agents; default both
  --agents N        how many agents, on loopback; default 4
  --rounds N        default 3
  --write           also write results.md beside this benchmark
`;

/** Exit codes: 0 measured, 2 wrong usage. */
export async function main(args: string[], repository: string): Promise<number> {
  const options = read(args);
  if (!options) return 2;
  const workDirectory = mkdtempSync(join(tmpdir(), "sloth-scheduling-"));
  const place = { repository, workDirectory, jobs: availableParallelism() };
  // The agents' credential files go here and not among those of the person who measures.
  process.env.XDG_STATE_HOME = join(workDirectory, "state");
  const tables: Table[] = [];
  try {
    for (const where of options.where) {
      const agents = where === "agents" ? await startAgents(options.agents, place) : [];
      const addresses = agents.map(({ address }) => address);
      for (const size of options.tasks) {
        const table = await measure(size, contenders(place, addresses), { where, rounds: options.rounds });
        process.stdout.write(`${renderTable(table)}\n`);
        tables.push(table);
      }
      for (const { stop } of agents) await stop();
    }
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
  const machine = `${availableParallelism()} CPUs, Node ${process.version}, load at the end ${loadavg()[0]?.toFixed(1)}`;
  const text = `# Results\n\nWritten by \`npm run benchmark:scheduling -- --write\`; [the method](../README.md#scheduling).\n\n${new Date().toISOString().slice(0, 16)}; ${machine}\n\n${tables.map(renderTable).join("\n")}`;
  if (options.write) writeFileSync(join(repository, "benchmarks/scheduling/results.md"), text);
  return 0;
}

function read(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: "string", default: "500,2000,10000" },
      where: { type: "string", default: "local,agents" },
      agents: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const tasks = values.tasks.split(",").map(Number);
  const [agents, rounds, where] = [Number(values.agents), Number(values.rounds), values.where.split(",")];
  const isRight =
    [...tasks, agents, rounds].every((number) => Number.isInteger(number) && number > 0) &&
    where.every((one) => one === "local" || one === "agents");
  if (values.help || !isRight) process.stderr.write(HELP);
  return values.help || !isRight ? undefined : { tasks, where, agents, rounds, write: values.write };
}

/** Each round begins with another contender. */
async function measure(
  size: number,
  all: readonly Contender[],
  { where, rounds }: { where: string; rounds: number },
): Promise<Table> {
  const graph = randomGraph(size);
  const seen = new Map<Contender, Measured[]>(all.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const contender = all[(round + turn) % all.length] as Contender;
      seen.get(contender)?.push(await contender.run(graph));
    }
  }
  const perTask = (contender: Contender, of: (measured: Measured) => number | undefined) =>
    summarize((seen.get(contender) ?? []).map((measured) => (of(measured) ?? Number.NaN) / size)).median;
  const sloth = perTask(all[0] as Contender, ({ elapsedMs }) => elapsedMs);
  const rows = all.map((contender) => {
    const wall = perTask(contender, ({ elapsedMs }) => elapsedMs);
    const cpu = perTask(contender, ({ cpuMs }) => cpuMs);
    const rss = Math.max(0, ...(seen.get(contender) ?? []).map(({ peakRssBytes = 0 }) => peakRssBytes));
    const name = contender.without ? `${contender.name} (no ${contender.without})` : contender.name;
    const of = contender.name === "sloth" ? "" : ratio(sloth, wall);
    return [
      name,
      wall.toFixed(1),
      Number.isNaN(cpu) ? "" : cpu.toFixed(1),
      rss ? String(Math.round(rss / 1e6)) : "",
      of,
    ];
  });
  const title = `${size} tasks, ${where === "agents" ? "sloth's on agents, the others' here" : "here"}`;
  return {
    title,
    columns: ["contender", "ms a task", "CPU ms of the master", "MB at most", "sloth ÷ this"],
    rows,
  };
}

async function startAgents(count: number, { repository, workDirectory }: Place) {
  const binary = join(repository, "packages/agent/bin/sloth-agent.cjs");
  const agents = Array.from({ length: count }, (_, index) =>
    startProgram([
      process.execPath,
      binary,
      "--port",
      "0",
      "--state-dir",
      join(workDirectory, `agent-${index}`),
    ]),
  );
  return await Promise.all(
    agents.map(async (agent) => {
      const [, port] = await agent.until(/listening on 127\.0\.0\.1:(\d+)/);
      const stop = () => {
        agent.kill("SIGTERM");
        return agent.ended;
      };
      return { address: `127.0.0.1:${port}`, stop };
    }),
  );
}
