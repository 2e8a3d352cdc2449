import type { PageAttempt, PageData, PageTask } from "../page-data.js";
import { button, make } from "./elements.js";
import type { PageState } from "./page-state.js";
import { readLog } from "./read-data.js";
import { MARKS, STAGES, wordFor } from "./status-words.js";
import { piecesOf } from "./terminal-colors.js";
import { formatLength, formatTime } from "./time-scale.js";

/** More are only counted. */
const MOST_NEIGHBOURS = 50;

/** Why it ended as it did. */
export function outcomeParts({ why, reusedFrom, description, message, traceback }: PageTask): HTMLElement[] {
  return [
    ...(description ? [make("p", { class: "quiet" }, description)] : []),
    ...(why ? [make("p", {}, `Skipped: ${why}.`)] : []),
    ...(reusedFrom
      ? [make("p", {}, "Did not run again: it is as it was in run ", make("code", {}, reusedFrom))]
      : []),
    ...(message ? [make("pre", { class: "message" }, message)] : []),
    ...(traceback ? [make("pre", { class: "traceback" }, traceback)] : []),
  ];
}

/** What it is, where it ran, and what it did. */
export function factParts(task: PageTask): HTMLElement[] {
  const { where, changes, at, script, isCritical, durationMs, attempts } = task;
  const facts: [string, string | undefined][] = [
    ["Where", where],
    [
      "Took",
      attempts.length > 0
        ? formatLength(durationMs) + (isCritical ? ", on the critical path" : "")
        : undefined,
    ],
    ["Changed", changes],
    ["Written in", at],
  ];
  const list = facts.flatMap(([term, fact]) => (fact ? [make("dt", {}, term), make("dd", {}, fact)] : []));
  return [
    make("dl", {}, ...list),
    ...(script ? [make("div", {}, make("h3", {}, "Command"), make("pre", { class: "script" }, script))] : []),
  ];
}

/** Each attempt with how long its stages took. */
export function attemptParts({ attempts }: PageTask): HTMLElement[] {
  return attempts.map((attempt) =>
    make(
      "div",
      { class: "attempt" },
      ...(attempts.length > 1
        ? [make("h3", {}, `${MARKS[attempt.status]} Attempt ${attempt.number}: ${wordFor(attempt.status)}`)]
        : []),
      stageBar(attempt),
      make("ul", { class: "stages key" }, ...attempt.segments.map((segment) => stageItem(segment, attempt))),
    ),
  );
}

function stageBar({ segments, status }: PageAttempt): HTMLElement {
  const bar = make("div", { class: "stage-bar", "aria-hidden": "true" });
  for (const [stage, fromMs, toMs] of segments) {
    const part = make("i", { class: stage === "run" ? `run ${status}` : stage });
    part.style.flexGrow = String(Math.max(1, toMs - fromMs));
    bar.append(part);
  }
  return bar;
}

function stageItem([stage, fromMs, toMs]: PageAttempt["segments"][number], { status }: PageAttempt) {
  return make(
    "li",
    { title: `from ${formatTime(fromMs)} to ${formatTime(toMs)}` },
    make("i", { class: `swatch ${stage === "run" ? `run ${status}` : stage}` }),
    `${STAGES[stage]} `,
    make("strong", {}, formatLength(toMs - fromMs)),
  );
}

/** The end of what it printed. */
export function logPart({ runId, groups }: PageData, task: PageTask, index: number): HTMLElement {
  const log = readLog(index);
  const head = make("h3", {}, "Log");
  if (!log)
    return make("div", { class: "log-part" }, head, make("p", { class: "quiet" }, "It printed nothing."));
  const cut = `The first ${formatSize(log.cutBytes)} are left out. All of it: `;
  const command = `sloth logs ${runId} ${quoted(`${groups[task.group]?.name}/${task.name}`)}`;
  return make(
    "div",
    { class: "log-part" },
    head,
    ...(log.cutBytes > 0 ? [make("p", { class: "quiet cut" }, cut, make("code", {}, command))] : []),
    make(
      "pre",
      { class: "log", tabindex: "0", "aria-label": "Log" },
      ...piecesOf(log.text).map(({ text, classes }) =>
        classes ? make("span", { class: classes }, text) : text,
      ),
    ),
  );
}

/** What it waited for, and what waited for it. */
export function neighbourParts(state: PageState, task: PageTask, index: number): HTMLElement[] {
  const after = task.after;
  const before = state.data.tasks.flatMap((other, at) => (other.after.includes(index) ? at : []));
  return [
    { title: "It waited for", indexes: after },
    { title: "Waited for it", indexes: before },
  ].flatMap(({ title, indexes }) => {
    if (indexes.length === 0) return [];
    const shown = indexes.slice(0, MOST_NEIGHBOURS).map((at) => neighbour(state, at));
    const more = indexes.length - shown.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    return make("div", {}, make("h3", {}, title), make("div", { class: "neighbours" }, ...shown, ...rest));
  });
}

function neighbour(state: PageState, index: number): HTMLElement {
  const task = state.data.tasks[index];
  const label = task ? `${MARKS[task.status]} ${task.name}` : "";
  return button(label, () => state.change({ selected: index }), { class: `neighbour ${task?.status}` });
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** For a shell, where it needs that. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
