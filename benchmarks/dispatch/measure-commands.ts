import type { Bench } from "../bench.js";
import { ensurePrograms } from "../processes/debian-packages.js";
import { openMultiplexed } from "../processes/multiplexed.js";
import { openPrivateSshd, type PrivateSshd } from "../processes/private-sshd.js";
import { type Command, run } from "../processes/run.js";
import { type Comparison, compare, note } from "../report/compare.js";
import type { PartResult } from "../report/results.js";
import { rotate } from "../rotate.js";
import { startAgents } from "../sloth/agents.js";
import { masterBinary, workflowDirectory } from "../sloth/run-sloth.js";
import { SHELL_NO_OP, workflowText } from "../sloth/workflow.js";

const OURS = "sloth run";
const FRESH = "ssh, fresh connection";
const MULTIPLEXED = "ssh, multiplexed";
const ANSIBLE = "ansible -m raw";

/** Whole commands that run `true` on another machine, from the start of the process to its exit. */
export async function measureCommands(bench: Bench, rounds: number): Promise<PartResult> {
  const notes: string[] = [];
  const commands = await openCommands(bench, notes);
  const times = new Map<string, number[]>([...commands.keys()].map((name) => [name, []]));
  // The first round is not counted: it makes what later ones find.
  for (let round = -1; round < rounds; round++) {
    for (const [name, command] of rotate([...commands], Math.max(round, 0))) {
      const { elapsedMs } = await run(command, { timeoutMs: 60_000 });
      if (round >= 0) note(times, name, elapsedMs);
    }
  }
  const comparison = compare("true on another machine", times);
  return {
    key: "dispatch/commands",
    title: "Dispatch: whole commands",
    tables: [comparison.table],
    notes,
    samples: [Object.fromEntries(times)],
    targets: [target(comparison, FRESH, 1), target(comparison, ANSIBLE, 0.3)],
    plots: [comparison.plot],
  };
}

function target(comparison: Comparison, peer: string, atMost: number) {
  return {
    what: `sloth run of one delegated no-op ÷ ${peer}`,
    value: comparison.ratioTo(peer),
    unit: "×",
    atMost,
  };
}

async function openCommands(bench: Bench, notes: string[]): Promise<Map<string, Command>> {
  const agents = await startAgents(bench, 1);
  const tasks = [{ name: "t", command: SHELL_NO_OP, agent: agents.addresses[0] }];
  const directory = workflowDirectory(bench, workflowText(tasks));
  const argv = [process.execPath, masterBinary(bench), "run", "-f", "pipeline.lua"];
  const commands = new Map<string, Command>([[OURS, { argv, cwd: directory, env: agents.env }]]);
  const sshd = await openPrivateSshd(bench);
  if ("missing" in sshd) {
    notes.push(`Without ssh and ansible: ${sshd.missing}.`);
    return commands;
  }
  commands.set(FRESH, { argv: [...sshd.ssh(sshd.port), "far", "true"] });
  commands.set(MULTIPLEXED, { argv: [...(await openMultiplexed(bench, sshd)), "far", "true"] });
  const missing = await ensurePrograms(bench, { ansible: "ansible-core" });
  if (missing === undefined) commands.set(ANSIBLE, ansible(bench, sshd));
  else notes.push(`Without ansible: ${missing}.`);
  return commands;
}

/** As it comes: it keeps its connection for a minute. */
function ansible(bench: Bench, { configurationFile, port }: PrivateSshd): Command {
  const home = bench.freshDirectory("ansible");
  return {
    argv: ["ansible", "all", "-i", "far,", "-m", "raw", "-a", "true"],
    env: {
      HOME: home,
      ANSIBLE_HOME: home,
      ANSIBLE_SSH_ARGS: `-F ${configurationFile} -p ${port} -o ControlMaster=auto -o ControlPersist=60s`,
      ANSIBLE_SSH_CONTROL_PATH_DIR: `${home}/cp`,
      LC_ALL: "C.UTF-8",
    },
  };
}
