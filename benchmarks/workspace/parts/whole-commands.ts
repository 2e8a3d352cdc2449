import { statfsSync, statSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../bench.js";
import { run } from "../../processes/run.js";
import type { PartResult } from "../../report/results.js";
import { summarize } from "../../report/statistics.js";
import { milliseconds, ratio, spread, type Table, timingsTable } from "../../report/table.js";
import { rotate } from "../../rotate.js";
import type { Contender, Pairing } from "../contenders/contender.js";
import type { Contenders } from "../contenders/open-contenders.js";
import { timingsIn } from "../contenders/sloth.js";
import { copyTree, type Tree } from "../trees/tree.js";
import type { WorkspaceBench } from "../workspace-bench.js";
import { untilTimesAreTrusted, untilWritten } from "./settle.js";

const CASES = ["cold", "warm", "one change"] as const;
type Case = (typeof CASES)[number];

/** These keep nothing from one command to the next, so that a second one is as the first. */
const COLD_ONLY = ["tar", "cp"];
const NOTHING = "true";

interface Sample {
  round: number;
  case: Case;
  contender: string;
  elapsedMs: number;
  timings: Record<string, number> | undefined;
  load: number;
}

interface Entrant {
  contender: Contender;
  pairing: Pairing;
  source: string;
  far: string;
}

/**
 * Whole commands, from start to exit. In each round every contender gets a fresh copy of the tree and a fresh other
 * side; then come the cases one after the other, in each of them all contenders.
 */
export async function measureWholeCommands(
  bench: WorkspaceBench,
  contenders: Contenders,
  tree: Tree,
): Promise<PartResult> {
  const samples: Sample[] = [];
  const failures = new Map<string, string>();
  const cases: readonly Case[] = tree.isDisposable ? ["cold"] : CASES;
  for (let round = 0; round < bench.options.runs; round++) {
    const taking = contenders.available.filter(({ name }) => !failures.has(name));
    requireSpace(bench, tree, taking.length);
    bench.say(`${tree.name}: round ${round + 1} of ${bench.options.runs}`);
    const entrants = await prepare(bench, tree, rotate(taking, round));
    try {
      for (const which of cases) {
        await untilTimesAreTrusted();
        for (const entrant of entrants)
          await measure({ entrant, which, round, tree, samples, failures, bench });
      }
    } finally {
      for (const { pairing } of entrants) await pairing.close();
    }
    if (tree.isDisposable) for (const { source, far } of entrants) await removeBoth(source, far);
  }
  return report(tree, contenders, samples, failures);
}

async function prepare(bench: WorkspaceBench, tree: Tree, contenders: Contender[]): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const source = bench.freshDirectory(`${contender.name}-source`);
    const far = bench.freshDirectory(`${contender.name}-far`);
    await copyTree(tree.directory, source);
    const pairing = await contender.pair({ source, far, tasks: [NOTHING, change(tree)] });
    bench.atEnd(() => pairing.close());
    entrants.push({ contender, pairing, source, far });
  }
  return entrants;
}

function change(tree: Tree): string {
  return `echo x >> ${tree.changedFile}`;
}

interface Measuring {
  entrant: Entrant;
  which: Case;
  round: number;
  tree: Tree;
  samples: Sample[];
  failures: Map<string, string>;
  bench: WorkspaceBench;
}

async function measure({ entrant, which, round, tree, samples, failures, bench }: Measuring): Promise<void> {
  const { name } = entrant.contender;
  if (failures.has(name) || (which !== "cold" && COLD_ONLY.includes(name))) return;
  const changed = join(entrant.source, tree.changedFile);
  const sizeBefore = statSync(changed).size;
  await untilWritten();
  const load = loadavg()[0] ?? 0;
  try {
    const task = which === "one change" ? change(tree) : NOTHING;
    const { elapsedMs, stderr } = await run(entrant.pairing.command(task));
    const grownBy = statSync(changed).size - sizeBefore;
    if (grownBy !== (which === "one change" ? 2 : 0))
      throw new Error(`${changed} has grown by ${grownBy} bytes`);
    samples.push({ round, case: which, contender: name, elapsedMs, timings: timingsIn(stderr), load });
    bench.say(`  ${which} ${name}: ${milliseconds(elapsedMs)} ms`);
  } catch (error) {
    failures.set(name, error instanceof Error ? error.message : String(error));
    bench.say(`  ${which} ${name} failed: ${failures.get(name)}`);
  }
}

/** @throws when a round would fill the disk */
function requireSpace(bench: WorkspaceBench, tree: Tree, contenders: number): void {
  const { bavail, bsize } = statfsSync(bench.workDirectory);
  // The source, the other side, and once more for what is staged.
  const needed = contenders * 3 * (tree.sizeBytes + tree.files * 4096);
  if (bavail * bsize > needed) return;
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  throw new Error(
    `${bench.workDirectory} has ${gib(bavail * bsize)} left; a round of ${tree.name} needs ${gib(needed)}. ` +
      "Give another --workdir, fewer --runs or fewer --peers.",
  );
}

async function removeBoth(source: string, far: string): Promise<void> {
  await removeTree(source);
  await removeTree(far);
}

function report(
  tree: Tree,
  { missing }: Contenders,
  samples: Sample[],
  failures: Map<string, string>,
): PartResult {
  const cases = CASES.filter((which) => samples.some((sample) => sample.case === which));
  const timings = cases.map((which) => {
    const known = samples.filter((sample) => sample.case === which).map((sample) => sample.timings);
    return timingsTable(`${tree.name}, ${which}`, known);
  });
  const mib = Math.round(tree.sizeBytes / 1024 ** 2);
  return {
    key: `commands/${tree.name}`,
    title: `Whole commands: ${tree.name} (${tree.files} files, ${mib} MiB)`,
    tables: [
      ...cases.map((which) =>
        caseTable(
          which,
          samples.filter((sample) => sample.case === which),
        ),
      ),
      ...timings.filter((table) => table !== undefined),
    ],
    notes: [
      ...Object.entries(missing).map(([name, reason]) => `${name} is missing: ${reason}.`),
      ...[...failures].map(([name, reason]) => `${name} failed: ${reason.replaceAll("\n", " ")}`),
    ],
    samples,
  };
}

function caseTable(which: Case, samples: Sample[]): Table {
  const names = [...new Set(samples.map(({ contender }) => contender))].sort();
  const of = (name: string) =>
    summarize(samples.filter(({ contender }) => contender === name).map(({ elapsedMs }) => elapsedMs));
  const sloth = of("sloth").median;
  const rows = names.map((name) => {
    const summary = of(name);
    return [
      name,
      milliseconds(summary.median),
      spread(summary),
      String(summary.runs),
      name === "sloth" ? "" : ratio(sloth, summary.median),
    ];
  });
  return { title: which, columns: ["contender", "median ms", "min–max", "runs", "sloth ÷ this"], rows };
}
