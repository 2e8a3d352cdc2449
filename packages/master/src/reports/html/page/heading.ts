import type { PageStatus } from "../page-data.js";
import { button, byId, make } from "./elements.js";
import type { PageState } from "./page-state.js";
import { MARKS, wordFor } from "./status-words.js";
import { formatLength } from "./time-scale.js";

/** What came first to mind comes first. */
const ORDER: PageStatus[] = [
  "failed",
  "timed-out",
  "lost",
  "cancelled",
  "running",
  "succeeded",
  "skipped",
  "pending",
];
const LEGEND = [
  ["queue", "waits"],
  ["sync", "sends"],
  ["run succeeded", "runs"],
  ["return", "brings back"],
  ["critical", "critical path"],
] as const;

/** Tells of the run as a whole, and lets one choose what to see of it. */
export function showHeading(state: PageState): void {
  const { data } = state;
  const result = byId("result");
  result.textContent = `${MARKS[data.status]} ${data.result}`;
  result.classList.add(data.status);
  byId("workflow").textContent = data.file.split("/").at(-1) ?? data.file;
  byId("workflow").title = data.file;
  const started = new Date(data.startedAtMs);
  const when = make("time", { datetime: started.toISOString() }, started.toLocaleString());
  byId("about").append(when, ` · ${formatLength(data.durationMs)} · run `, make("code", {}, data.runId));
  for (const [kind, words] of LEGEND)
    byId("legend").append(make("li", {}, make("i", { class: `swatch ${kind}` }), words));
  for (const warning of data.warnings) byId("warnings").append(make("li", {}, warning));
  byId("warnings").hidden = data.warnings.length === 0;
  showFilter(state);
}

function showFilter(state: PageState): void {
  const input = byId<HTMLInputElement>("filter");
  input.addEventListener("input", () => {
    state.change({ filter: { ...state.seen.filter, text: input.value } });
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    input.focus();
  });
  const chips = [...ORDER.flatMap((status) => statusChip(state, status)), ...criticalChip(state)];
  byId("chips").append(...chips);
}

function statusChip(state: PageState, status: PageStatus): HTMLElement[] {
  const count = state.data.tasks.filter((task) => task.status === status).length;
  if (count === 0) return [];
  const chip = button(`${MARKS[status]} ${count} ${wordFor(status)}`, toggle, {
    class: `chip ${status}`,
    "aria-pressed": "false",
  });
  return [chip];

  function toggle(): void {
    const statuses = new Set(state.seen.filter.statuses);
    if (!statuses.delete(status)) statuses.add(status);
    chip.setAttribute("aria-pressed", String(statuses.has(status)));
    state.change({ filter: { ...state.seen.filter, statuses } });
  }
}

function criticalChip(state: PageState): HTMLElement[] {
  if (!state.data.tasks.some(({ isCritical }) => isCritical)) return [];
  const chip = button("Critical path", toggle, { class: "chip critical", "aria-pressed": "false" });
  return [chip];

  function toggle(): void {
    const criticalOnly = !state.seen.filter.criticalOnly;
    chip.setAttribute("aria-pressed", String(criticalOnly));
    state.change({ filter: { ...state.seen.filter, criticalOnly } });
  }
}
