import { describeStamp, type StampedResult } from "../results.js";
import type { Table } from "../table.js";
import { isMet, type Target, targetsTable } from "../target.js";
import { drawPlot } from "./draw-plot.js";
import { escapeHtml } from "./escape-html.js";
import { STYLE } from "./style.js";

/** All results as one page, which loads nothing from anywhere. */
export function renderPage(results: readonly StampedResult[]): string {
  const targets = results.flatMap((result) => result.targets ?? []);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>sloth benchmarks</title>
<style>${STYLE}</style>
<main>
<h1>sloth benchmarks</h1>
${targets.length > 0 ? renderTargets(targets) : ""}
${results.map(renderResult).join("\n")}
</main>
</html>
`;
}

function renderTargets(targets: readonly Target[]): string {
  const classes = targets.map((target) => (isMet(target) ? "met" : "missed"));
  return renderTable(targetsTable(targets), classes);
}

function renderResult(result: StampedResult): string {
  const { title, tables, notes, plots = [] } = result;
  const remarks = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("");
  return `<section>
<h2>${escapeHtml(title)}</h2>
<p class="stamp">${escapeHtml(describeStamp(result))}</p>
${plots.map(drawPlot).join("\n")}
${tables.map((table) => renderTable(table)).join("\n")}
${remarks === "" ? "" : `<ul>${remarks}</ul>`}
</section>`;
}

/** @param classes - of the rows */
function renderTable({ title, columns, rows }: Table, classes: readonly string[] = []): string {
  const cells = (row: readonly string[], tag: "th" | "td") =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("");
  const body = rows.map((row, index) => `<tr class="${classes[index] ?? ""}">${cells(row, "td")}</tr>`);
  return `<div class="table"><table>
<caption>${escapeHtml(title)}</caption>
<thead><tr>${cells(columns, "th")}</tr></thead>
<tbody>${body.join("")}</tbody>
</table></div>`;
}
