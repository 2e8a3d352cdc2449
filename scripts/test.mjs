/**
 * `npm test`: all tests, then the pack check. Arguments go to vitest, and then only vitest runs:
 * `npm test -- packages/dsl/src`, `npm test -- --project agent`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { BootstrapError, bootstrap } from "./bootstrap.mjs";
import { root, startVisibly, tool } from "./processes.mjs";

const args = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
const scratch = mkdtempSync(path.join(tmpdir(), "sloth-test-"));
try {
  await bootstrap();
  await runVitest();
  if (args.length === 0) await runPackCheck();
} catch (error) {
  console.error(error instanceof BootstrapError ? error.message : error);
  counts.failed += 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = counts.failed === 0 ? 0 : 1;
console.log(summary());

async function runVitest() {
  const report = path.join(scratch, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const options = ["--config", "vitest.workspace.ts", "run", ...reporters, ...args.map(absoluteIfFile)];
  const code = await startVisibly(tool("vitest"), options).ended;
  if (existsSync(report)) addCounts(JSON.parse(readFileSync(report, "utf8")));
  if (counts.passed + counts.failed === 0) {
    console.error("No test ran.");
    counts.failed += 1;
  }
  // An error outside of any test fails vitest without failing a test.
  if (code !== 0 && counts.failed === 0) counts.failed += 1;
}

// vitest takes a relative path as relative to each project, which a path from the root of the repository is not.
function absoluteIfFile(argument) {
  const file = path.resolve(root, argument);
  return argument.includes("/") && existsSync(file) ? file : argument;
}

function addCounts(report) {
  counts.passed += report.numPassedTests;
  counts.skipped += report.numPendingTests + report.numTodoTests;
  // A file that does not load has no tests that could fail.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  counts.failed += report.numFailedTests + brokenFiles.length;
}

async function runPackCheck() {
  const script = path.join(root, "scripts/pack-check.mjs");
  const code = await startVisibly(process.execPath, [script]).ended;
  counts[code === 0 ? "passed" : "failed"] += 1;
}

function summary() {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
