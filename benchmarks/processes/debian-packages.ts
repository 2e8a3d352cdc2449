import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { run } from "./run.js";

const POLICY = "/usr/sbin/policy-rc.d";

/**
 * Makes sure of programs, by installing the Debian packages that have them where that is possible. No service is
 * started by it. Gives what is missing and why.
 */
export async function ensurePrograms(
  bench: Bench,
  packageOf: Record<string, string>,
): Promise<string | undefined> {
  const missing = Object.keys(packageOf).filter((program) => !hasProgram(program));
  if (missing.length === 0) return undefined;
  const packages = missing.map((program) => packageOf[program] ?? program);
  const what = `${packages.join(" and ")} is not installed`;
  if (process.getuid?.() !== 0) return `${what}, and installing needs root`;
  if (!hasProgram("apt-get")) return `${what}, and there is no apt-get`;
  bench.say(`Installing ${packages.join(", ")} by apt-get…`);
  try {
    await withoutStartingServices(() => install(packages));
    return undefined;
  } catch (error) {
    return `${what}: ${error instanceof Error ? error.message : error}`;
  }
}

/** Whether a program can be started; by path or by name. */
export function hasProgram(name: string): boolean {
  if (name.startsWith("/")) return existsSync(name);
  const folders = (process.env.PATH ?? "").split(":").filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, name)));
}

async function install(packages: string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run({ argv: ["apt-get", "update", "-q"], env });
  await run({ argv: ["apt-get", "install", "-y", "--no-install-recommends", ...packages], env });
}

/** Debian asks this script whether a package may start its service. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY);
  }
}
