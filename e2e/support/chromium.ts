import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a Chromium, Debian's installed where that is possible; else why there is none. */
export function ensureChromium(): { program: string } | { why: string } {
  const found = findChromium();
  if (found !== undefined) return { program: found };
  const missing = "chromium is not installed";
  if (process.getuid?.() !== 0) return { why: `${missing}, and installing it needs root` };
  if (findProgram("apt-get") === undefined) return { why: `${missing}, and there is no apt-get` };
  process.stderr.write("Installing chromium by apt-get…\n");
  const problem =
    aptGet("update", "-q") ??
    aptGet("install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core");
  const program = findChromium();
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

function findChromium(): string | undefined {
  return NAMES.map(findProgram).find((program) => program !== undefined);
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
