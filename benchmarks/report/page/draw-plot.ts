import type { BarPlot, LinePlot, Plot } from "../plot.js";
import { escapeHtml } from "./escape-html.js";

const WIDTH = 736;
/** For the names of bars, and for what is written behind them. */
const LABELS = 210;
const FIGURES = 90;
const ROW = 26;

/** As SVG that takes its colours from the page. */
export function drawPlot(plot: Plot): string {
  const drawing = plot.kind === "bars" ? drawBars(plot) : drawLines(plot);
  return `<figure>${drawing}<figcaption>${escapeHtml(`${plot.title}; ${plot.unit}`)}</figcaption></figure>`;
}

function drawBars({ bars, unit }: BarPlot): string {
  const most = Math.max(...bars.map(({ max }) => max).filter(Number.isFinite), Number.MIN_VALUE);
  const scale = (value: number) => ((WIDTH - LABELS - FIGURES) * value) / most;
  const rows = bars.map(({ label, median, min, max, isOurs }, index) => {
    const [top, middle] = [index * ROW + 4, index * ROW + ROW / 2];
    const end = LABELS + scale(max) + 8;
    return [
      `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escapeHtml(label)}</text>`,
      `<rect class="${isOurs ? "ours" : "peer"}" x="${LABELS}" y="${top}" width="${round(scale(median))}" height="${ROW - 8}" rx="2"/>`,
      `<line class="spread" x1="${round(LABELS + scale(min))}" x2="${round(LABELS + scale(max))}" y1="${middle}" y2="${middle}"/>`,
      `<text class="faint" x="${round(end)}" y="${middle + 4}">${figure(median)} ${escapeHtml(unit.split(" ")[0] ?? "")}</text>`,
    ].join("");
  });
  return svg(bars.length * ROW, rows.join(""));
}

/** The horizontal axis is logarithmic: sizes are powers of something. */
function drawLines({ lines, xLabel }: LinePlot): string {
  const [height, left, bottom] = [220, 56, 40];
  const points = lines.flatMap((line) => line.points);
  const xs = points.map(([x]) => Math.log(x));
  const most = Math.max(...points.map(([, y]) => y), Number.MIN_VALUE);
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const atX = (x: number) => left + 20 + ((WIDTH - left - 60) * (Math.log(x) - from)) / (to - from || 1);
  const atY = (y: number) => height - bottom - ((height - bottom - 20) * y) / most;
  const axis = [0, most / 2, most].map(
    (y) =>
      `<line class="axis" x1="${left}" x2="${WIDTH}" y1="${round(atY(y))}" y2="${round(atY(y))}"/>` +
      `<text class="faint" x="${left - 6}" y="${round(atY(y) + 4)}" text-anchor="end">${figure(y)}</text>`,
  );
  const sizes = [...new Set(points.map(([x]) => x))].map(
    (x) => `<text class="faint" x="${round(atX(x))}" y="${height - 22}" text-anchor="middle">${x}</text>`,
  );
  const drawn = lines.map(({ label, points }, index) => {
    const path = points.map(([x, y]) => `${round(atX(x))},${round(atY(y))}`);
    const dots = path.map((point) => {
      const [x, y] = point.split(",");
      return `<circle class="dot${index % 2}" cx="${x}" cy="${y}" r="3"/>`;
    });
    const name = `<text class="dot${index % 2}" x="${left + 20 + index * 220}" y="12">${escapeHtml(label)}</text>`;
    return `<polyline class="line${index % 2}" points="${path.join(" ")}"/>${dots.join("")}${name}`;
  });
  const below = `<text class="faint" x="${WIDTH / 2}" y="${height - 4}" text-anchor="middle">${escapeHtml(xLabel)}</text>`;
  return svg(height, axis.join("") + sizes.join("") + drawn.join("") + below);
}

function svg(height: number, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${content}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value.toFixed(value === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
