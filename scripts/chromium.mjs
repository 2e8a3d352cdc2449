/** Finds a Chromium for the tests that look at a page, or installs Debian's where that is possible. */
import { existsSync } from "node:fs";
import path from "node:path";
import { capture } from "./processes.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Resolves to the path of the program, or to why there is none. */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return { program: found };
  const missing = "chromium is not installed";
  if (process.getuid?.() !== 0) return { why: `${missing}, and installing it needs root` };
  if (findProgram("apt-get") === undefined) return { why: `${missing}, and there is no apt-get` };
  process.stderr.write("Installing chromium by apt-get…\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-q"],
    ["install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
  ]) {
    const { code, output } = await capture("apt-get", args, { env });
    if (code !== 0) return { why: `${missing}, and apt-get ${args[0]} failed:\n${output.slice(-2000)}` };
  }
  const program = findChromium();
  return program === undefined ? { why: `${missing}, although apt-get installed it` } : { program };
}

function findChromium() {
  return NAMES.map(findProgram).find((program) => program !== undefined);
}

function findProgram(name) {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}
