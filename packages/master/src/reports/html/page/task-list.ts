import type { PageTask } from "../page-data.js";
import { byId, make } from "./elements.js";
import type { PageState } from "./page-state.js";
import { MARKS, wordFor } from "./status-words.js";
import { type Order, orderTasks } from "./task-order.js";
import { formatLength } from "./time-scale.js";

/** Rows above and below those that are seen. */
const SPARE_ROWS = 8;

/** Shows the tasks as rows, of which only those exist that are seen. */
export class TaskList {
  readonly #list = byId("list");
  readonly #rows = new Map<number, HTMLElement>();
  readonly #state: PageState;
  readonly #measure = make("div", { class: "row", "aria-hidden": "true" }, " ");
  #order: number[] = [];
  #rowHeight = 36;

  constructor(state: PageState) {
    this.#state = state;
    const order = byId<HTMLSelectElement>("order");
    order.addEventListener("change", () => state.change({ order: order.value as Order }));
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("click", ({ target }) => {
      const row = (target as Element).closest<HTMLElement>(".row");
      if (row?.dataset.task) state.change({ selected: Number(row.dataset.task) });
    });
    addEventListener("scroll", () => this.#fill(), { passive: true });
    new ResizeObserver(() => this.#reset()).observe(this.#list);
    this.#sort();
    state.onChange((changed) => {
      if (changed.has("filter") || changed.has("order")) this.#sort();
      else if (changed.has("view")) this.#reset();
      if (changed.has("selected")) this.#showSelected();
    });
  }

  #sort(): void {
    const { data, matches, seen } = this.#state;
    this.#order = orderTasks(data, matches, seen.order);
    const all = data.tasks.length;
    const shown = this.#order.length;
    byId("shown").textContent = shown === all ? String(all) : `${shown} of ${all}`;
    this.#reset();
  }

  #reset(): void {
    this.#rows.clear();
    this.#list.replaceChildren(this.#measure);
    this.#rowHeight = this.#measure.offsetHeight || this.#rowHeight;
    this.#list.style.height = `${Math.max(1, this.#order.length) * this.#rowHeight}px`;
    if (this.#order.length === 0) this.#list.append(make("p", { class: "nothing" }, "No task is like that."));
    this.#fill();
  }

  /** Makes the rows that have come into view, and removes others. */
  #fill(): void {
    const top = this.#list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.#rowHeight) - SPARE_ROWS);
    const end = Math.min(this.#order.length, Math.ceil((innerHeight - top) / this.#rowHeight) + SPARE_ROWS);
    for (const [place, row] of this.#rows)
      if (place < first || place >= end) {
        row.remove();
        this.#rows.delete(place);
      }
    for (let place = first; place < end; place++) if (!this.#rows.has(place)) this.#add(place);
  }

  #add(place: number): void {
    const index = this.#order[place];
    const task = index === undefined ? undefined : this.#state.data.tasks[index];
    if (index === undefined || !task) return;
    const row = this.#makeRow(task, index);
    row.setAttribute("aria-setsize", String(this.#order.length));
    row.setAttribute("aria-posinset", String(place + 1));
    row.style.transform = `translateY(${place * this.#rowHeight}px)`;
    this.#list.append(row);
    this.#rows.set(place, row);
  }

  #makeRow(task: PageTask, index: number): HTMLElement {
    const { data, seen } = this.#state;
    const group = data.groups.length > 1 ? `${data.groups[task.group]?.name}/` : "";
    const spoken = `${group}${task.name}, ${wordFor(task.status)}, ${task.where}, ${formatLength(task.durationMs)}`;
    return make(
      "div",
      {
        class: `row${task.isCritical ? " critical" : ""}`,
        role: "option",
        id: `row-${index}`,
        "data-task": String(index),
        "aria-selected": String(index === seen.selected),
        "aria-label": task.isCritical ? `${spoken}, on the critical path` : spoken,
      },
      make("span", { class: `mark ${task.status}` }, MARKS[task.status]),
      make(
        "span",
        { class: "name", title: `${group}${task.name}` },
        make("span", { class: "group" }, group),
        task.name,
      ),
      make("span", { class: "where" }, task.where),
      this.#makeTrack(task),
      make(
        "span",
        { class: "length" },
        task.attempts.length > 0 ? formatLength(task.durationMs) : wordForUnrun(task),
      ),
    );
  }

  #makeTrack({ attempts }: PageTask): HTMLElement {
    const { fromMs, toMs } = this.#state.seen.view;
    const percent = (ms: number) => ((ms - fromMs) / (toMs - fromMs)) * 100;
    const track = make("span", { class: "track" });
    for (const { segments, status } of attempts)
      for (const [stage, startMs, endMs] of segments) {
        if (endMs < fromMs || startMs > toMs) continue;
        const segment = make("i", { class: stage === "run" ? `run ${status}` : stage });
        segment.style.left = `${Math.max(0, percent(startMs))}%`;
        segment.style.width = `${Math.min(100, percent(endMs)) - Math.max(0, percent(startMs))}%`;
        track.append(segment);
      }
    return track;
  }

  #onKey(event: KeyboardEvent): void {
    const { selected } = this.#state.seen;
    const place = selected === undefined ? -1 : this.#order.indexOf(selected);
    const page = Math.max(1, Math.floor(innerHeight / this.#rowHeight) - 4);
    const last = this.#order.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: Math.max(0, place - 1),
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: last,
    };
    if (event.key === "Enter") byId("details").focus();
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    this.#state.change({ selected: this.#order[Math.min(last, Math.max(0, wanted))] });
  }

  #showSelected(): void {
    const { selected } = this.#state.seen;
    for (const row of this.#rows.values())
      row.setAttribute("aria-selected", String(row.dataset.task === String(selected)));
    const place = selected === undefined ? -1 : this.#order.indexOf(selected);
    if (place >= 0 && document.activeElement === this.#list) this.#scrollTo(place);
    if (place >= 0) this.#list.setAttribute("aria-activedescendant", `row-${selected}`);
    else this.#list.removeAttribute("aria-activedescendant");
  }

  #scrollTo(place: number): void {
    const top = this.#list.getBoundingClientRect().top + place * this.#rowHeight;
    const header = document.querySelector("header")?.offsetHeight ?? 0;
    if (top < header) scrollBy(0, top - header);
    else if (top + this.#rowHeight > innerHeight) scrollBy(0, top + this.#rowHeight - innerHeight);
    this.#fill();
  }
}

function wordForUnrun({ reusedFrom, status }: PageTask): string {
  return reusedFrom === undefined ? wordFor(status) : "reused";
}
