/**
 * A run as JUnit XML, which Jenkins, GitLab and others read. The format has no standard; this keeps to what the JUnit
 * plugin of Jenkins documents (https://github.com/jenkinsci/xunit-plugin, `junit-10.xsd`) and to what GitLab reads
 * (https://docs.gitlab.com/ci/testing/unit_test_reports/), with `file` and `line` besides.
 *
 * A group is a test suite, a task a test case. What the task itself did wrong is a `failure`; what was wrong with
 * machines, or kept it from its end, is an `error`.
 */
import { basename } from "node:path";
import { describeSkip } from "../model/describe-skip.js";
import { type ReportedGroup, type ReportedRun, type ReportedTask, tasksOf } from "../model/reported-run.js";
import { xmlAttribute, xmlText } from "./xml-text.js";

/** Some readers keep all of a file in memory. */
const LONGEST_OUTPUT = 16 * 1024;
const LAST_LINES = 20;

/** The pieces of the file, in order. */
export function* junitOf(run: ReportedRun): Generator<string> {
  const name = workflowName(run);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes({ name, time: seconds(run.durationMs), ...countsOf(tasksOf(run)) })}>\n`;
  for (const [index, group] of run.groups.entries()) yield* suiteOf(group, { run, index });
  yield "</testsuites>\n";
}

function* suiteOf(
  group: ReportedGroup,
  { run, index }: { run: ReportedRun; index: number },
): Generator<string> {
  const { tasks } = group;
  const head = {
    name: group.name,
    ...countsOf(tasks),
    skipped: tasks.filter((task) => outcomeOf(task) === "skipped").length,
    time: seconds(timeOf(tasks)),
    timestamp: new Date(run.startedAtMs + startOf(tasks)).toISOString().slice(0, 19),
    id: index,
  };
  yield `  <testsuite${attributes(head)}>\n`;
  for (const task of tasks) yield caseOf(task, `${workflowName(run)}/${group.name}`);
  yield "  </testsuite>\n";
}

function caseOf(task: ReportedTask, classname: string): string {
  const { name, at } = task.info;
  const head = { name, classname, time: seconds(task.durationMs), ...(at.line > 0 && { ...at }) };
  const log = task.readLog().text;
  const children = [...outcomeElement(task, log), ...outputElement(log)];
  if (children.length === 0) return `    <testcase${attributes(head)}/>\n`;
  return `    <testcase${attributes(head)}>\n${children.map((child) => `      ${child}\n`).join("")}    </testcase>\n`;
}

type Outcome = "passed" | "skipped" | "failure" | "error";

function outcomeOf({ status }: ReportedTask): Outcome {
  if (status === "succeeded") return "passed";
  if (status === "skipped" || status === "pending") return "skipped";
  return status === "failed" || status === "timed-out" ? "failure" : "error";
}

function outcomeElement(task: ReportedTask, log: string): string[] {
  const outcome = outcomeOf(task);
  if (outcome === "passed") return [];
  if (outcome === "skipped") return [`<skipped${attributes({ message: describeSkip(task) })}/>`];
  const { message = task.status, traceback } = task.result ?? {};
  const lines = log.trimEnd().split("\n").slice(-LAST_LINES);
  const text = [...(traceback ? [traceback.trimEnd()] : []), ...lines].join("\n");
  return [`<${outcome}${attributes({ message, type: task.status })}>${xmlText(text)}</${outcome}>`];
}

function outputElement(log: string): string[] {
  if (log === "") return [];
  const start = log.length - LONGEST_OUTPUT;
  const shown = start > 0 ? `[…]\n${log.slice(start)}` : log;
  return [`<system-out>${xmlText(shown)}</system-out>`];
}

function countsOf(tasks: readonly ReportedTask[]) {
  const count = (outcome: Outcome) => tasks.filter((task) => outcomeOf(task) === outcome).length;
  return { tests: tasks.length, failures: count("failure"), errors: count("error") };
}

/** From the first attempt to the end of the last one. */
function timeOf(tasks: readonly ReportedTask[]): number {
  const ends = tasks.map(({ attempts }) => attempts.at(-1)?.segments.at(-1)?.endMs ?? 0);
  return Math.max(0, ends.reduce((last, endMs) => Math.max(last, endMs), 0) - startOf(tasks));
}

function startOf(tasks: readonly ReportedTask[]): number {
  const starts = tasks.flatMap(({ attempts }) => attempts[0]?.segments[0]?.startMs ?? []);
  return starts.reduce((first, startMs) => Math.min(first, startMs), starts[0] ?? 0);
}

/** Without its extension, since readers take a dot for the end of a package's name. */
function workflowName({ info }: ReportedRun): string {
  return basename(info.file).replace(/\.lua$/, "");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join("");
}
