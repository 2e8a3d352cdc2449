import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface WantedProgram {
  /** What it may be called; the first that is found is taken. */
  names: string[];
  /** Debian's packages that have it. */
  packages: string[];
}

/** The path of a program, Debian's installed where that is possible; else why there is none. */
export function ensureProgram({ names, packages }: WantedProgram): { program: string } | { why: string } {
  const found = findFirst(names);
  if (found !== undefined) return { program: found };
  const missing = `${names[0]} is not installed`;
  if (process.getuid?.() !== 0) return { why: `${missing}, and installing it needs root` };
  if (findProgram("apt-get") === undefined) return { why: `${missing}, and there is no apt-get` };
  process.stderr.write(`Installing ${names[0]} by apt-get…\n`);
  const problem =
    aptGet("update", "-q") ?? aptGet("install", "-q", "-y", "--no-install-recommends", ...packages);
  const program = findFirst(names);
  if (problem === undefined && program !== undefined) return { program };
  return { why: `${missing}: ${problem ?? "apt-get has not installed it"}` };
}

/** Gives what went wrong. */
function aptGet(...args: string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stderr, error } = spawnSync("apt-get", args, { env, encoding: "utf8" });
  if (status === 0) return undefined;
  return `apt-get ${args[0]} failed: ${error?.message ?? stderr.trimEnd().split("\n").at(-1)}`;
}

function findFirst(names: string[]): string | undefined {
  return names.map(findProgram).find((program) => program !== undefined);
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
