import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export const PARTS = ["commands", "bulk", "scan", "memory"] as const;
export const TREES = ["20k", "node_modules", "large"] as const;
export const CONTENDERS = ["sloth", "rsync", "rsync-mux", "tar", "cp"] as const;
export const MEMORY_CASES = ["100MiB", "1GiB", "5GiB", "200k"] as const;

export type Part = (typeof PARTS)[number];
export type TreeName = (typeof TREES)[number];
export type ContenderName = (typeof CONTENDERS)[number];
export type MemoryCase = (typeof MEMORY_CASES)[number];

export interface Options {
  parts: Part[];
  trees: TreeName[];
  contenders: ContenderName[];
  memoryCases: MemoryCase[];
  runs: number;
  roundTripMs: number;
  /** Of the line of the bulk part, in each direction. Default: no limit. */
  bytesPerSecond?: number;
  bulkMib: number;
  workDirectory: string;
  write: boolean;
  keep: boolean;
}

export class UsageError extends Error {}

export const HELP = `npm run benchmark:workspace -- [options]

  --only PARTS      of ${PARTS.join(",")}; default all
  --tree TREES      of ${TREES.join(",")}, or all; default 20k (for commands and scan)
  --runs N          rounds; default 5
  --peers NAMES     of ${CONTENDERS.slice(1).join(",")}, or none; default all
  --memory CASES    of ${MEMORY_CASES.join(",")}; default all
  --rtt MS          round trip of the bulk part; default 10
  --bulk-mib N      size of its file; default 512
  --workdir DIR     where trees and copies are kept; default ${join(tmpdir(), "sloth-benchmark")}
  --write           also write results.md and results.json beside this benchmark
  --keep            do not remove the copies at the end
`;

/** @throws {UsageError} */
export function readOptions(args: string[]): Options | "help" {
  const values = parse(args);
  if (values.help) return "help";
  return {
    parts: listOf("--only", values.only, PARTS),
    trees: listOf("--tree", values.tree, TREES),
    contenders: ["sloth", ...peersOf(values.peers)],
    memoryCases: listOf("--memory", values.memory, MEMORY_CASES),
    runs: positive("--runs", values.runs),
    roundTripMs: positive("--rtt", values.rtt),
    bulkMib: positive("--bulk-mib", values["bulk-mib"]),
    workDirectory: directory(values.workdir),
    write: values.write,
    keep: values.keep,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: "boolean", short: "h", default: false },
        only: { type: "string", default: "all" },
        tree: { type: "string", default: "20k" },
        runs: { type: "string", default: "5" },
        peers: { type: "string", default: "all" },
        memory: { type: "string", default: "all" },
        rtt: { type: "string", default: "10" },
        "bulk-mib": { type: "string", default: "512" },
        workdir: { type: "string", default: join(tmpdir(), "sloth-benchmark") },
        write: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function peersOf(text: string): ContenderName[] {
  if (text === "none") return [];
  return listOf("--peers", text, CONTENDERS).filter((name) => name !== "sloth");
}

function listOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  if (text === "all") return [...known];
  return text.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    throw new UsageError(`${option} does not know "${name}". Choose of ${known.join(", ")}, or all.`);
  });
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${option} is "${text}". Give a whole number above 0.`);
}

// It becomes a part of commands that two shells read, one of them on the other side.
function directory(text: string): string {
  const path = resolve(text);
  if (/^[\w./@+-]+$/.test(path)) return path;
  throw new UsageError(`--workdir is "${path}". Give one of letters, digits and ./@+-_ only.`);
}
