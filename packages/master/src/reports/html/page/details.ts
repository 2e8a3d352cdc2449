import type { PageTask } from "../page-data.js";
import { attemptParts, factParts, logPart, neighbourParts, outcomeParts } from "./detail-parts.js";
import { button, byId, make } from "./elements.js";
import type { PageState } from "./page-state.js";
import { MARKS, wordFor } from "./status-words.js";

/** Tells all that is known of the task that was chosen, and shows what it printed. */
export function showDetails(state: PageState): void {
  const panel = byId("details");
  panel.tabIndex = -1;
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && state.seen.selected !== undefined) close();
  });
  state.onChange((changed) => {
    if (changed.has("selected")) show();
  });

  function show(): void {
    const index = state.seen.selected;
    const task = index === undefined ? undefined : state.data.tasks[index];
    const wasHidden = panel.hidden;
    panel.hidden = !task;
    document.body.classList.toggle("has-details", Boolean(task));
    if (index === undefined || !task) return;
    panel.replaceChildren(...partsOf(state, task, index, close));
    panel.scrollTop = 0;
    // On a small screen it covers everything.
    if (wasHidden && getComputedStyle(panel).position === "fixed") panel.focus();
    const log = panel.querySelector<HTMLElement>(".log");
    if (log) log.scrollTop = log.scrollHeight;
  }

  function close(): void {
    const wasInside = panel.contains(document.activeElement);
    state.change({ selected: undefined });
    if (wasInside) byId("list").focus({ preventScroll: true });
  }
}

function partsOf(state: PageState, task: PageTask, index: number, close: () => void): Node[] {
  const { groups } = state.data;
  return [
    make(
      "div",
      { class: "details-head" },
      make("span", { class: `badge ${task.status}` }, `${MARKS[task.status]} ${wordFor(task.status)}`),
      button("×", close, { class: "close", "aria-label": "Close the details", title: "Close (Esc)" }),
      make(
        "h2",
        { id: "details-title" },
        make("span", { class: "group" }, `${groups[task.group]?.name ?? ""}/`),
        task.name,
      ),
    ),
    ...outcomeParts(task),
    logPart(state.data, task, index),
    ...attemptParts(task),
    ...factParts(task),
    ...neighbourParts(state, task, index),
  ];
}
