import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export const PARTS = ["dispatch", "scale", "output", "start-up", "workspace"] as const;
export type PartName = (typeof PARTS)[number];

export interface Options {
  parts: PartName[];
  isQuick: boolean;
  /** In the largest run of the part `scale`. */
  tasks: number;
  workDirectory: string;
  write: boolean;
  keep: boolean;
}

export class UsageError extends Error {}

export const HELP = `npm run benchmark -- [PARTS] [options]

Parts: ${PARTS.join(", ")}; default all.

  --quick           fewer rounds, tasks and bytes; see benchmarks/README.md
  --tasks N         tasks of the largest run of scale; default 10000, with --quick 2000
  --workdir DIR     where what is measured works; default ${join(tmpdir(), "sloth-benchmark")}
  --write           also write benchmarks/results/
  --keep            do not remove at the end what was made
`;

/** @throws {UsageError} */
export function readOptions(args: string[]): Options | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  const tasks = Number(values.tasks ?? (values.quick ? 2000 : 10_000));
  if (!Number.isInteger(tasks) || tasks < 100) throw new UsageError("--tasks is a number of at least 100.");
  return {
    parts: positionals.length === 0 ? [...PARTS] : positionals.map(partOf),
    isQuick: values.quick,
    tasks,
    workDirectory: resolve(values.workdir),
    write: values.write,
    keep: values.keep,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        quick: { type: "boolean", default: false },
        tasks: { type: "string" },
        workdir: { type: "string", default: join(tmpdir(), "sloth-benchmark") },
        write: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function partOf(name: string): PartName {
  const found = PARTS.find((part) => part === name);
  if (found !== undefined) return found;
  throw new UsageError(`There is no part "${name}". Choose of ${PARTS.join(", ")}.`);
}
