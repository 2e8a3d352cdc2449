/** `npm run check`: all static checks. Runs every one, then fails if any failed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { BootstrapError, bootstrap, packages } from "./bootstrap.mjs";
import { generate, RELEASED_PROTO } from "./generate.mjs";
import { checkLayers } from "./layers-check.mjs";
import { packPackages } from "./packed.mjs";
import { capture, root, tool } from "./processes.mjs";

const REPORT_PAGE_SOURCE = "packages/master/src/reports/html/page";
const GENERATED = "packages/protocol/src/gen";

class CheckFailure extends Error {}

const scratch = mkdtempSync(path.join(tmpdir(), "sloth-check-"));
const counts = { passed: 0, failed: 0 };
try {
  await check("build", bootstrap);
  await check("biome", () => succeeds("biome", ["check", "--error-on-warnings", "--colors=off"]));
  await check("layers", () => checkLayers(path.join(scratch, "layers")));
  await check("types of the tests", () => succeeds("tsc", ["-p", "tsconfig.tests.json", "--noEmit"]));
  await check("types of the page of reports", () => succeeds("tsc", ["-p", REPORT_PAGE_SOURCE]));
  await check("knip", () => succeeds("knip", ["--no-progress", "--no-config-hints"]));
  await check("buf lint", () => succeeds("buf", ["lint"]));
  await check("buf format", () => succeeds("buf", ["format", "-d", "--exit-code"]));
  await check("buf breaking", () => succeeds("buf", ["breaking", "--against", RELEASED_PROTO]));
  await check("generated code", checkGeneratedCode);
  await check("licences", checkLicences);
  await check("pages of the Lua library", checkLuaPages);
  await checkPackages();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = counts.failed === 0 ? 0 : 1;
console.log(`${counts.passed} passed, ${counts.failed} failed`);

/** Runs one check, which throws with what is wrong. */
async function check(name, run) {
  try {
    const result = await run();
    counts.passed += 1;
    console.log(`ok      ${name}`);
    return result;
  } catch (error) {
    counts.failed += 1;
    const known = error instanceof BootstrapError || error instanceof CheckFailure;
    console.log(`FAILED  ${name}\n${(known ? error.message : error.stack).trimEnd()}\n`);
  }
}

async function succeeds(name, args) {
  const { code, output } = await capture(tool(name), args);
  if (code !== 0) throw new CheckFailure(`${[name, ...args].join(" ")} (exit code ${code}):\n${output}`);
}

async function checkLuaPages() {
  const { code, output } = await capture(process.execPath, [
    path.join(root, "scripts/lua-api.mjs"),
    "--check",
  ]);
  if (code !== 0) throw new CheckFailure(output);
}

async function checkGeneratedCode() {
  await generate(scratch);
  const wanted = readTree(path.join(scratch, GENERATED));
  const committed = readTree(path.join(root, GENERATED));
  const names = [...new Set([...wanted.keys(), ...committed.keys()])];
  const stale = names.filter((name) => wanted.get(name) !== committed.get(name));
  if (stale.length === 0) return;
  throw new CheckFailure(`Not what proto/ generates; run \`npm run generate\`:\n${stale.join("\n")}`);
}

function readTree(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(folder, file), readFileSync(file, "utf8")]));
}

function checkLicences() {
  const text = readFileSync(path.join(root, "LICENSE"), "utf8");
  const licences = packages.map((name) => path.join("packages", name, "LICENSE"));
  const different = licences.filter((file) => readFileSync(path.join(root, file), "utf8") !== text);
  if (different.length > 0)
    throw new CheckFailure(`Differs from the LICENSE at the root: ${different.join(", ")}`);
}

async function checkPackages() {
  const tarballs = await check("pack", () => packPackages(path.join(scratch, "tarballs")));
  for (const [name, tarball] of tarballs ?? []) {
    await check(`publint @sloth/${name}`, () => succeeds("publint", ["run", tarball, "--strict"]));
    const options = ["--profile", "esm-only", "--no-definitely-typed", "--no-emoji", "--no-color"];
    await check(`types @sloth/${name}`, () => succeeds("attw", [tarball, ...options]));
  }
}
