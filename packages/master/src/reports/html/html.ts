import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { formatDuration } from "../../view/format-duration.js";
import { printableName } from "../../view/printable.js";
import { type ReportedRun, tasksOf } from "../model/reported-run.js";
import { describePage, resultOf } from "./describe-page.js";
import { embedJson, escapeHtml } from "./embed.js";

/** Made of `page/` when the package is built: styles and scripts are in it, and nothing else may be loaded. */
const TEMPLATE = new URL("../../../dist/report-page.html", import.meta.url);

/** The pieces of a page that needs nothing but itself, in order. */
export async function htmlOf(run: ReportedRun): Promise<Iterable<string>> {
  return fillPage(await readFile(TEMPLATE, "utf8"), run);
}

/** @param template - with the places `@title`, `@plain` and `@data`, each as a comment */
export function* fillPage(template: string, run: ReportedRun): Generator<string> {
  const [beforeTitle = "", beforePlain = "", beforeData = "", rest = ""] = template.split(
    /<!--@(?:title|plain|data)-->/,
  );
  yield beforeTitle + titleOf(run) + beforePlain;
  yield* plainOf(run);
  yield beforeData;
  yield* dataOf(run);
  yield rest;
}

function titleOf(run: ReportedRun): string {
  return plainText(`${resultOf(run).result}: ${basename(run.info.file)}`);
}

/** What is seen where scripts are off, as among the artifacts of some CI servers. */
function* plainOf(run: ReportedRun): Generator<string> {
  const { result } = resultOf(run);
  yield `<h1>${plainText(`${basename(run.info.file)} ${result} in ${formatDuration(run.durationMs)}`)}</h1>`;
  for (const { info, status, result: end } of tasksOf(run))
    if (status !== "succeeded" && status !== "skipped")
      yield `<p>${plainText(`${info.group}/${info.name}: ${status}. ${end?.message ?? ""}`)}</p>`;
}

function plainText(text: string): string {
  return escapeHtml(printableName(text));
}

function* dataOf(run: ReportedRun): Generator<string> {
  yield island("run", describePage(run));
  for (const [index, task] of tasksOf(run).entries()) {
    const log = task.readLog();
    if (log.text !== "") yield island(`log-${index}`, log);
  }
}

function island(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${embedJson(value)}</script>\n`;
}
