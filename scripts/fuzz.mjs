/**
 * `npm run fuzz -- [--seconds 60] [--seed N]`: sends mutated manifests, changesets and archives to the built workspace
 * package, as to an agent and as to a master, and fails when one
 * - is answered with an error that is no WorkspaceError, or with none for five seconds,
 * - makes the process larger than 200 MB, or leaves descriptors open,
 * - changes anything outside the root, or the root though it was refused, or
 * - is accepted but not encoded to the same bytes again, or does not give the tree that it says.
 *
 * The offer that failed is written to a file, for `npm run fuzz -- --replay FILE`. Offers depend on the seed and their
 * number alone. A second process does the work, so that one that hangs or dies can be told. Most of the time goes into
 * making and removing directories: TMPDIR=/dev/shm makes it twice as fast.
 */
import { fork } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { BootstrapError, bootstrap } from "./bootstrap.mjs";
import { capture, root, tool } from "./processes.mjs";

const HANG_MS = 5000;
const POLL_MS = 250;
const MAX_RSS_BYTES = 200e6;
/** Descriptors that Node opens as it needs them. */
const SPARE_DESCRIPTORS = 8;
const FUZZ = "testing/corpus/fuzz";

if (process.send === undefined) process.exitCode = await main();
else await work(JSON.parse(process.argv[2]));

async function main() {
  const options = readOptions();
  const scratch = mkdtempSync(path.join(tmpdir(), "sloth-fuzz-"));
  try {
    await bootstrap();
    await compile(scratch);
    const task = { ...options, scratch, progress: path.join(scratch, "progress") };
    const report = await supervise(task);
    printReport(options, report);
    if (report.failure === undefined) return 0;
    await printFailure(options, scratch, report.failure);
    return 1;
  } catch (error) {
    console.error(error instanceof BootstrapError ? error.message : error);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: { seconds: { type: "string" }, seed: { type: "string" }, replay: { type: "string" } },
  });
  const seconds = Number(values.seconds ?? 60);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error("--seconds and --seed take numbers.");
  return { seconds, seed, replay: values.replay && path.resolve(values.replay) };
}

/** What makes and judges offers is no part of the package, which it is handed when it runs. */
async function compile(scratch) {
  const source = path.join(root, "packages/workspace/src");
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    rootDir: source,
    outDir: scratch,
    typeRoots: [path.join(root, "node_modules/@types")],
  };
  const files = ["draw-offer.ts", "judge-offer.ts"].map((name) => path.join(source, FUZZ, name));
  const project = path.join(scratch, "tsconfig.json");
  const config = { extends: path.join(root, "tsconfig.base.json"), compilerOptions, files };
  writeFileSync(project, JSON.stringify(config));
  writeFileSync(path.join(scratch, "package.json"), JSON.stringify({ type: "module" }));
  const { code, output } = await capture(tool("tsc"), ["-p", project]);
  if (code !== 0) throw new BootstrapError(`tsc failed (exit code ${code}):\n${output}`);
}

/** Resolves with what the worker reported, or with the offer that it did not survive. */
function supervise(task) {
  writeFileSync(task.progress, "");
  const env = { ...process.env, TMPDIR: task.scratch };
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(task)], { env });
  return new Promise((resolve) => {
    let report;
    let hung = false;
    let last = { index: "", since: performance.now() };
    const timer = setInterval(() => {
      const index = readFileSync(task.progress, "utf8");
      if (index !== last.index) last = { index, since: performance.now() };
      if (index === "" || performance.now() - last.since < HANG_MS + POLL_MS) return;
      hung = true;
      child.kill("SIGKILL");
    }, POLL_MS);
    child.on("message", (message) => {
      report = message;
    });
    child.on("close", (code, signal) => {
      clearInterval(timer);
      if (report !== undefined) return resolve(report);
      const index = Number(readFileSync(task.progress, "utf8"));
      const violation = hung ? `no answer within ${HANG_MS} ms` : `the process ended (${signal ?? code})`;
      resolve({
        counts: {},
        offers: index,
        elapsedMs: 0,
        rssBytes: 0,
        failure: { index, violations: [violation] },
      });
    });
  });
}

function printReport({ seed, replay }, { counts, offers, elapsedMs, rssBytes }) {
  const rate = elapsedMs > 0 ? Math.round((offers * 1000) / elapsedMs) : 0;
  const what = replay === undefined ? `seed ${seed}` : replay;
  console.log(`${what}: ${offers} offers, ${rate} a second, at most ${Math.round(rssBytes / 1e6)} MB`);
  for (const to of Object.keys(counts).sort()) {
    console.log(`  to the ${to}`);
    const sorted = Object.entries(counts[to]).sort(([, a], [, b]) => b - a);
    for (const [outcome, count] of sorted) console.log(`    ${outcome.padEnd(16)} ${count}`);
  }
}

async function printFailure({ seed, replay }, scratch, { index, violations }) {
  for (const violation of violations) console.log(`FAILED: ${violation}`);
  if (replay !== undefined) return;
  const { drawOffer } = await import(pathToFileURL(path.join(scratch, FUZZ, "draw-offer.js")));
  const { to, list, archive } = drawOffer(seed, index);
  const file = path.join(tmpdir(), `sloth-fuzz-${seed}-${index}.json`);
  const hex = { to, list: list.toString("hex"), archive: archive.map((piece) => piece.toString("hex")) };
  writeFileSync(file, `${JSON.stringify({ seed, index, violations, ...hex }, undefined, 2)}\n`);
  console.log(`The offer is in ${file}. To send it again:\n  npm run fuzz -- --replay ${file}`);
}

/** The second process. */
async function work({ scratch, progress, seconds, seed, replay }) {
  const product = await import(pathToFileURL(path.join(root, "packages/workspace/dist/index.js")));
  const from = (name) => import(pathToFileURL(path.join(scratch, FUZZ, name)));
  const [{ drawOffer }, { judgeOffer }] = [await from("draw-offer.js"), await from("judge-offer.js")];
  const { Sandbox } = await import(pathToFileURL(path.join(scratch, "testing/corpus/sandbox.js")));
  const sandbox = new Sandbox();
  const report = {
    counts: { agent: {}, master: {} },
    offers: 0,
    elapsedMs: 0,
    rssBytes: 0,
    failure: undefined,
  };
  const descriptor = openSync(progress, "r+");
  const descriptors = openDescriptors();
  const startedAt = performance.now();
  for (let index = 0; report.failure === undefined; index++) {
    writeSync(descriptor, String(index), 0);
    const offer = replay === undefined ? drawOffer(seed, index) : readOffer(replay);
    const { outcome, violations } = await judgeOffer(product, sandbox, offer);
    report.counts[offer.to][outcome] = (report.counts[offer.to][outcome] ?? 0) + 1;
    report.offers++;
    report.elapsedMs = performance.now() - startedAt;
    report.rssBytes = Math.max(report.rssBytes, process.memoryUsage.rss());
    if (report.rssBytes > MAX_RSS_BYTES) violations.push(`the process has ${report.rssBytes} bytes`);
    const left = openDescriptors() - descriptors;
    if (left > SPARE_DESCRIPTORS) violations.push(`${left} descriptors were left open`);
    if (violations.length > 0) report.failure = { index, violations };
    if (replay !== undefined || report.elapsedMs >= seconds * 1000) break;
  }
  closeSync(descriptor);
  process.send(report, () => process.disconnect());
}

function openDescriptors() {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

function readOffer(file) {
  const { to, list, archive } = JSON.parse(readFileSync(file, "utf8"));
  return { to, list: Buffer.from(list, "hex"), archive: archive.map((piece) => Buffer.from(piece, "hex")) };
}
