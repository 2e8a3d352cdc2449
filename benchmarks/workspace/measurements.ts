import type { Bench } from "../bench.js";
import type { PartResult } from "../report/results.js";
import type { Options } from "./command-line.js";
import { openContenders } from "./contenders/open-contenders.js";
import { measureBulk } from "./parts/bulk.js";
import { measureScan } from "./parts/scan.js";
import { measureWholeCommands } from "./parts/whole-commands.js";
import { openTree } from "./trees/tree.js";
import type { WorkspaceBench } from "./workspace-bench.js";

const ON_LINE: Partial<Options> = { contenders: ["sloth", "rsync", "rsync-mux"] };

/** The parts of the workspace benchmark that belong to a run of all benchmarks. */
export function workspaceMeasurements(
  bench: Bench,
  { isQuick }: { isQuick: boolean },
): Record<string, () => Promise<PartResult>> {
  const runs = isQuick ? 2 : 5;
  const withOptions = (options: Partial<Options>): WorkspaceBench => ({
    ...bench,
    options: { ...defaults(bench), runs, ...options },
  });
  const bulk = async (options: Partial<Options>) => {
    const own = withOptions({ ...ON_LINE, ...options });
    return measureBulk(own, await openContenders(own));
  };
  return {
    "whole commands": async () => {
      const own = withOptions({});
      return measureWholeCommands(own, await openContenders(own), await openTree(own, "20k"));
    },
    scan: async () => measureScan(withOptions({}), await openTree(bench, "20k")),
    "10 ms round trip": () => bulk({ roundTripMs: 10, bulkMib: isQuick ? 64 : 256 }),
    "200 ms round trip, 100 Mbit/s": () =>
      bulk({ roundTripMs: 200, bytesPerSecond: 12.5e6, bulkMib: isQuick ? 8 : 32, runs: isQuick ? 1 : 3 }),
  };
}

function defaults({ workDirectory }: Bench): Options {
  return {
    parts: [],
    trees: ["20k"],
    contenders: ["sloth", "rsync", "rsync-mux", "tar", "cp"],
    memoryCases: [],
    runs: 5,
    roundTripMs: 10,
    bulkMib: 256,
    workDirectory,
    write: false,
    keep: false,
  };
}
