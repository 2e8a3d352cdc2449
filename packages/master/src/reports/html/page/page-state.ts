import type { PageData } from "../page-data.js";
import { EVERYTHING, type Filter, matchTasks } from "./filter.js";
import type { Order } from "./task-order.js";
import { type View, wholeView } from "./time-scale.js";

/** What a person has chosen to see. */
export interface Seen {
  view: View;
  /** Indexes of tasks. */
  selected: number | undefined;
  hovered: number | undefined;
  filter: Filter;
  order: Order;
}

/** Holds what is seen, and tells those who show it when it changes: at most once before the next picture. */
export class PageState {
  readonly all: View;
  #seen: Seen;
  #matches: boolean[];
  #changed = new Set<keyof Seen>();
  readonly #listeners: ((changed: ReadonlySet<keyof Seen>) => void)[] = [];

  constructor(readonly data: PageData) {
    this.all = wholeView(data.durationMs);
    this.#seen = {
      view: this.all,
      selected: undefined,
      hovered: undefined,
      filter: EVERYTHING,
      order: "start",
    };
    this.#matches = matchTasks(data, EVERYTHING);
  }

  get seen(): Readonly<Seen> {
    return this.#seen;
  }

  /** Which tasks the filter lets through, by their indexes. */
  get matches(): readonly boolean[] {
    return this.#matches;
  }

  change(change: Partial<Seen>): void {
    const keys = (Object.keys(change) as (keyof Seen)[]).filter((key) => change[key] !== this.#seen[key]);
    if (keys.length === 0) return;
    if (this.#changed.size === 0) requestAnimationFrame(() => this.#tell());
    for (const key of keys) this.#changed.add(key);
    this.#seen = { ...this.#seen, ...change };
    if (change.filter) this.#matches = matchTasks(this.data, change.filter);
  }

  onChange(listener: (changed: ReadonlySet<keyof Seen>) => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed);
  }
}
