/**
 * Makes one file of the page of a report, `dist/report-page.html` of the master: its styles and scripts stand in it, and
 * its policy allows these by their digests and nothing else. What it tells of a run is put in later.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./processes.mjs";

const SOURCE = path.join(root, "packages/master/src/reports/html/page");
export const REPORT_PAGE = path.join(root, "packages/master/dist/report-page.html");

export async function buildReportPage() {
  const [script, style] = await Promise.all([bundle("main.ts"), bundle("page.css")]);
  const page = readFileSync(path.join(SOURCE, "page.html"), "utf8");
  const filled = { "style-hash": digestOf(style), "script-hash": digestOf(script), style, script };
  mkdirSync(path.dirname(REPORT_PAGE), { recursive: true });
  writeFileSync(
    REPORT_PAGE,
    page.replaceAll(/@(style-hash|script-hash|style|script)\b/g, (_, name) => filled[name]),
  );
}

async function bundle(name) {
  const { outputFiles } = await build({
    absWorkingDir: SOURCE,
    entryPoints: [name],
    bundle: true,
    minify: true,
    charset: "ascii",
    format: "iife",
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16"],
    tsconfig: path.join(SOURCE, "tsconfig.json"),
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0].text.trim();
}

function digestOf(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
