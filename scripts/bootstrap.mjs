/** Makes a checkout ready to run: the right Node, the dependencies installed, the packages built. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { capture, root, tool } from "./processes.mjs";

export const packages = ["dsl", "workspace", "protocol", "runtime", "agent", "master"];

const PNPM = "pnpm@10.34.9";
const OLDEST_NODE = [20, 19];

export class BootstrapError extends Error {
  name = "BootstrapError";
}

/**
 * @throws {BootstrapError} with the captured output of what failed
 */
export async function bootstrap() {
  checkPlatform();
  if (!isInstalled()) await install();
  await build();
}

/** Runs pnpm without needing it on the machine. */
export function pnpm(args, options) {
  return capture("npx", ["-y", PNPM, ...args], options);
}

function checkPlatform() {
  if (process.platform === "win32") {
    throw new BootstrapError(
      "sloth does not run on Windows itself. Use it inside WSL2, with Node installed there.",
    );
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new BootstrapError(
    `sloth needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version} (${process.execPath}).`,
  );
}

// At the end of an install pnpm leaves a copy of the lockfile that it installed.
function isInstalled() {
  const installed = path.join(root, "node_modules/.pnpm/lock.yaml");
  if (!existsSync(installed)) return false;
  if (!readFileSync(installed).equals(readFileSync(path.join(root, "pnpm-lock.yaml")))) return false;
  return packages.every((name) => existsSync(path.join(root, "packages", name, "node_modules")));
}

async function install() {
  process.stderr.write("Installing the dependencies…\n");
  // Without a terminal pnpm refuses to replace a node_modules that another package manager made, and with
  // NODE_ENV=production it leaves out the compiler.
  const options = ["--frozen-lockfile", "--prod=false", "--config.confirmModulesPurge=false"];
  await mustSucceed("pnpm install", pnpm(["install", ...options]));
}

async function build() {
  for (const name of packages) {
    const folder = path.join(root, "packages", name);
    forgetLostOutput(folder);
    removeStaleOutput(folder);
  }
  await mustSucceed("tsc -b", capture(tool("tsc"), ["-b"]));
  // Only now: before the dependencies are installed there is nothing to bundle with.
  const { bundleCommands } = await import("./bundle.mjs");
  const { buildReportPage } = await import("./report-page.mjs");
  await Promise.all([bundleCommands(), buildReportPage()]);
}

// tsc believes its record of the last build, even when somebody has deleted what it built.
function forgetLostOutput(folder) {
  if (!existsSync(path.join(folder, "dist")))
    rmSync(path.join(folder, "tsconfig.tsbuildinfo"), { force: true });
}

// tsc leaves what it made of a source that has been deleted or renamed since, and it would be published.
function removeStaleOutput(folder) {
  const dist = path.join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true })) {
    const source = /^(.*)\.(?:js|d\.ts)(?:\.map)?$/.exec(file)?.[1];
    if (source === undefined || file.startsWith("bundle/")) continue;
    if (existsSync(path.join(folder, "src", `${source}.ts`))) continue;
    rmSync(path.join(dist, file));
  }
}

async function mustSucceed(what, running) {
  const { code, output } = await running;
  if (code !== 0) throw new BootstrapError(`${what} failed (exit code ${code}):\n${output}`);
}
