import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTcpProxy, type TcpProxy } from "../../../e2e/faults/tcp-proxy.js";
import { removeTree } from "../../bench.js";
import { run } from "../../processes/run.js";
import type { PartResult } from "../../report/results.js";
import { type Summary, summarize } from "../../report/statistics.js";
import { milliseconds, ratio, spread, type Table, timingsTable } from "../../report/table.js";
import { rotate } from "../../rotate.js";
import type { Contender, Pairing } from "../contenders/contender.js";
import type { Contenders } from "../contenders/open-contenders.js";
import { timingsIn } from "../contenders/sloth.js";
import { makeLargeFile } from "../trees/large-file.js";
import { cached } from "../trees/tree.js";
import type { WorkspaceBench } from "../workspace-bench.js";
import { untilTimesAreTrusted, untilWritten } from "./settle.js";

const MIB = 1024 * 1024;
const OVER_DISTANCE = ["sloth", "rsync", "rsync-mux"];
const STEPS = ["nothing", "out", "back"] as const;
type Step = (typeof STEPS)[number];

interface Sample {
  round: number;
  contender: string;
  step: Step;
  elapsedMs: number;
  wireBytes: number;
  timings: Record<string, number> | undefined;
}

/**
 * One large file each way over a line with a round trip and no other limit. `nothing` is the same command with next to
 * nothing to carry: the time that does not depend on the size.
 */
export async function measureBulk(bench: WorkspaceBench, contenders: Contenders): Promise<PartResult> {
  const { bulkMib, runs, roundTripMs, bytesPerSecond } = bench.options;
  const megabits = Math.round(((bytesPerSecond ?? 0) * 8) / 1e6);
  const file = await cached(bench, `bulk-${bulkMib}`, (directory) =>
    makeLargeFile(join(directory, "file"), bulkMib * MIB),
  );
  const taking = contenders.available.filter(({ name }) => OVER_DISTANCE.includes(name));
  const samples: Sample[] = [];
  const notes = Object.entries(contenders.missing).map(([name, reason]) => `${name} is missing: ${reason}.`);
  for (let round = 0; round < runs; round++) {
    bench.say(`bulk: round ${round + 1} of ${runs}`);
    for (const contender of rotate(taking, round)) {
      try {
        samples.push(...(await measureContender(bench, contender, { round, file: join(file, "file") })));
      } catch (error) {
        notes.push(
          `${contender.name} failed: ${error instanceof Error ? error.message.replaceAll("\n", " ") : error}`,
        );
      }
    }
  }
  const names = taking.map(({ name }) => name);
  return {
    key: `bulk/${bulkMib}-MiB-${roundTripMs}-ms${bytesPerSecond === undefined ? "" : `-${megabits}-Mbit`}`,
    title: `Bulk: ${bulkMib} MiB over a line of ${roundTripMs} ms round trip${bytesPerSecond === undefined ? "" : ` and ${megabits} Mbit/s`}`,
    tables: tables(names, samples, bulkMib),
    notes: [...new Set(notes)],
    samples,
  };
}

/** Two pairings, since a file that went out stays there: one is given it, the other one makes it. */
async function measureContender(
  bench: WorkspaceBench,
  contender: Contender,
  { round, file }: { round: number; file: string },
): Promise<Sample[]> {
  const made = bench.freshDirectory("made");
  const fetch = `mv ${made} made`;
  const samples: Sample[] = [];
  const take = async (line: Line, step: Step, task: string) => {
    await untilWritten();
    const before = line.proxy.bytes;
    const { elapsedMs, stderr } = await run(line.pairing.command(task));
    const after = line.proxy.bytes;
    const wireBytes = after.toTarget + after.toClient - before.toTarget - before.toClient;
    samples.push({
      round,
      contender: contender.name,
      step,
      elapsedMs,
      wireBytes,
      timings: timingsIn(stderr),
    });
    bench.say(
      `  ${step} ${contender.name}: ${milliseconds(elapsedMs)} ms, ${(wireBytes / MIB).toFixed(1)} MiB`,
    );
  };
  await withLine(bench, contender, ["true", fetch], async (line) => {
    await run(["cp", file, made]);
    await untilTimesAreTrusted();
    await take(line, "nothing", "true");
    await take(line, "back", fetch);
  });
  await withLine(bench, contender, ["true"], async (line) => {
    await run(["cp", file, join(line.source, "file")]);
    await untilTimesAreTrusted();
    await take(line, "out", "true");
  });
  return samples;
}

interface Line {
  source: string;
  pairing: Pairing;
  proxy: TcpProxy;
}

/** A pairing over a proxy of its own; all of it goes afterwards, which for a few files does no harm. */
async function withLine(
  bench: WorkspaceBench,
  contender: Contender,
  tasks: string[],
  work: (line: Line) => Promise<void>,
): Promise<void> {
  const source = bench.freshDirectory("bulk-source");
  const far = bench.freshDirectory("bulk-far");
  mkdirSync(source);
  writeFileSync(join(source, "small"), "small\n");
  const proxies: TcpProxy[] = [];
  const { roundTripMs, bytesPerSecond } = bench.options;
  const via = async (targetPort: number) => {
    const proxy = await startTcpProxy({
      targetPort,
      oneWayDelayMs: roundTripMs / 2,
      ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    });
    proxies.push(proxy);
    return proxy.port;
  };
  const pairing = await contender.pair({ source, far, tasks, via });
  bench.atEnd(() => pairing.close());
  try {
    const [proxy] = proxies;
    if (proxy === undefined) throw new Error(`${contender.name} does not use the line`);
    await work({ source, pairing, proxy });
  } finally {
    await pairing.close();
    for (const proxy of proxies) await proxy.close();
    await removeTree(source);
    await removeTree(far);
  }
}

function tables(names: string[], samples: Sample[], bulkMib: number): Table[] {
  const of = (name: string, step: Step): Summary =>
    summarize(
      samples
        .filter((sample) => sample.contender === name && sample.step === step)
        .map(({ elapsedMs }) => elapsedMs),
    );
  const megabytes = (bulkMib * MIB) / 1e6;
  const rateOf = (name: string, step: Step) =>
    (megabytes * 1000) / (of(name, step).median - of(name, "nothing").median);
  const rows = STEPS.flatMap((step) =>
    names.map((name) => {
      const summary = of(name, step);
      const rates =
        step === "nothing"
          ? ["", "", ""]
          : [
              ((megabytes * 1000) / summary.median).toFixed(0),
              rateOf(name, step).toFixed(0),
              name === "sloth" ? "" : ratio(rateOf("sloth", step), rateOf(name, step)),
            ];
      return [
        `${step}, ${name}`,
        milliseconds(summary.median),
        spread(summary),
        String(summary.runs),
        ...rates,
      ];
    }),
  );
  const columns = ["carried", "median ms", "min–max", "runs", "MB/s", "MB/s less nothing", "sloth ÷ this"];
  const timings = STEPS.map((step) =>
    timingsTable(
      `Bulk, ${step}`,
      samples.filter((sample) => sample.step === step).map((sample) => sample.timings),
    ),
  );
  return [{ title: "Each way", columns, rows }, ...timings.filter((table) => table !== undefined)];
}
