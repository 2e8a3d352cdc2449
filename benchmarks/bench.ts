import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./processes/run.js";

/** What every part needs: where to work, what was asked for, and who cleans up. */
export interface Bench {
  readonly repository: string;
  readonly workDirectory: string;
  /** Kept from one invocation to the next, because making trees anew slows ext4 down. */
  readonly cacheDirectory: string;
  /** A directory of that name which does not exist yet. Removed at the end, never during a measurement. */
  freshDirectory(name: string): string;
  /** Registers what ends a process or removes a thing; called in reverse order, also after a failure. */
  atEnd(close: () => Promise<unknown>): void;
  /** Progress, to stderr. */
  say(text: string): void;
  close(): Promise<void>;
}

export interface BenchOptions {
  workDirectory: string;
  /** Leave at the end what was made. */
  keep: boolean;
}

export function openBench(repository: string, { workDirectory, keep }: BenchOptions): Bench {
  const cacheDirectory = join(workDirectory, "cache");
  const runDirectory = join(workDirectory, `run-${process.pid}-${Date.now()}`);
  mkdirSync(cacheDirectory, { recursive: true });
  mkdirSync(runDirectory);
  const closers: (() => Promise<unknown>)[] = [];
  let directories = 0;
  if (!keep) closers.push(() => removeTree(runDirectory));
  return {
    repository,
    workDirectory,
    cacheDirectory,
    freshDirectory: (name) => join(runDirectory, `${String(++directories).padStart(4, "0")}-${name}`),
    atEnd: (close) => void closers.push(close),
    say: (text) => void process.stderr.write(`${text}\n`),
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

/** Also removes directories that their owner may not write. */
export async function removeTree(directory: string): Promise<void> {
  await run(["sh", "-c", 'chmod -R u+rwX "$1" 2>/dev/null; rm -rf "$1"', "sh", directory]);
}
