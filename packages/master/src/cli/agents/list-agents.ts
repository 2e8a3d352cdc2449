import { setTimeout as sleep } from "node:timers/promises";
import type { AgentPool } from "../../dispatch/agent-pool.js";
import type { Inventory } from "../../inventory/inventory.js";
import type { SurveyedAgent } from "../../survey/survey-agent.js";
import { describeAgents } from "../../view/agents-table.js";
import { usage } from "../command-line/option-values.js";
import { EXIT, exitCodeOfSignal } from "../exit-code.js";
import { complain, type Output, openOutput, printLines } from "../output.js";
import { onStopSignal } from "../stop-signal.js";
import { openInventory } from "../workflow/open-inventory.js";
import type { ListAgentsArguments } from "./list-agents-options.js";
import { openAgentPool } from "./open-agent-pool.js";
import { openTrust } from "./open-trust.js";

const INTERVAL_MS = 2000;
/** Of a table that nobody sees in a terminal. */
const COLUMNS = 80;

/** Lists the agents of the inventory and what each of them does; gives the exit code. */
export async function listAgents(args: ListAgentsArguments, output: Output = openOutput()): Promise<number> {
  const inventory = await openInventory(args.agents);
  if (inventory.entries.length === 0) throw usage(nobody(inventory));
  const pool = await openAgentPool(await openTrust(args.trust, output));
  try {
    if (args.isWatched) return await watch(inventory, { args, output, pool });
    const agents = await survey(inventory, pool);
    await show(agents, args, output);
    const isAway = agents.some(({ state }) => state === "unreachable");
    return isAway && args.isCheck ? EXIT.infrastructure : EXIT.succeeded;
  } finally {
    await pool.close();
  }
}

function nobody({ file }: Inventory): string {
  if (file !== undefined)
    return `${file} has no agents. One looks like this: build1: { address: "host:50051" }.`;
  return "There is no agents.yaml here or above, and none of your own. Name an inventory with --agents FILE.";
}

async function survey({ entries }: Inventory, pool: AgentPool): Promise<SurveyedAgent[]> {
  return (await import("../../survey/survey-inventory.js")).surveyInventory(entries, pool);
}

async function show(
  agents: readonly SurveyedAgent[],
  { output: format }: Pick<ListAgentsArguments, "output">,
  output: Output,
): Promise<void> {
  if (format === "json") return printLines(output, [JSON.stringify({ v: 1, agents })]);
  await printLines(output, describeAgents(agents, process.stdout.columns ?? COLUMNS));
  for (const { problem } of agents) if (problem !== undefined) await complain(output, problem);
}

interface Watching {
  args: ListAgentsArguments;
  output: Output;
  pool: AgentPool;
}

/** On a terminal each table stands where the last one stood. */
async function watch(inventory: Inventory, { args, output, pool }: Watching): Promise<number> {
  const stop = onStopSignal({ say: () => {} });
  const isDrawn = process.stdout.isTTY && args.output === "table";
  const stopped = new Promise<undefined>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    for (;;) {
      const agents = await Promise.race([survey(inventory, pool), stopped]);
      if (!agents) break;
      if (isDrawn) process.stdout.write(HOME_AND_ERASE);
      const shown = isDrawn ? agents.map(({ problem: _, ...agent }) => agent) : agents;
      await show(shown, args, output);
      await sleep(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    stop.forget();
  }
  return stop.received ? exitCodeOfSignal(stop.received) : EXIT.interrupted;
}

const HOME_AND_ERASE = "\x1b[H\x1b[2J";
