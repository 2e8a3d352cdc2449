import { byId, make } from "./elements.js";
import type { PageState } from "./page-state.js";
import { MARKS, STAGES, wordFor } from "./status-words.js";
import { formatLength } from "./time-scale.js";

/** Tells of the task under the pointer. */
export function followWithTip(state: PageState): void {
  const tip = byId("tip");
  byId("timeline").addEventListener("pointermove", ({ clientX, clientY, pointerType }) => {
    if (pointerType === "touch") return;
    const left = Math.min(clientX + 14, innerWidth - tip.offsetWidth - 8);
    const top =
      clientY + 18 + tip.offsetHeight > innerHeight ? clientY - tip.offsetHeight - 10 : clientY + 18;
    tip.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
  });
  state.onChange((changed) => {
    if (!changed.has("hovered")) return;
    const task = state.seen.hovered === undefined ? undefined : state.data.tasks[state.seen.hovered];
    tip.hidden = !task;
    if (!task) return;
    const last = task.attempts.at(-1);
    tip.replaceChildren(
      make("strong", {}, task.name),
      make(
        "span",
        {},
        `${MARKS[task.status]} ${wordFor(task.status)}, ${formatLength(task.durationMs)}, ${task.where}`,
      ),
      ...(last?.segments ?? []).map(([stage, fromMs, toMs]) =>
        make("span", { class: "quiet" }, `${STAGES[stage]} ${formatLength(toMs - fromMs)}`),
      ),
    );
  });
}
