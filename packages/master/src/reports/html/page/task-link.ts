import type { PageData } from "../page-data.js";
import type { PageState } from "./page-state.js";

const PREFIX = "#task=";

/** Keeps the task that was chosen in the address, as `#task=group/name`, so that one can send it to somebody. */
export function followTaskLink(state: PageState): void {
  const read = () => {
    const selected = indexOf(state.data, location.hash);
    if (selected !== undefined) state.change({ selected });
  };
  addEventListener("hashchange", read);
  read();
  state.onChange((changed) => {
    if (changed.has("selected"))
      history.replaceState(null, "", linkTo(state) || location.pathname + location.search);
  });
}

function indexOf({ tasks, groups }: PageData, hash: string): number | undefined {
  if (!hash.startsWith(PREFIX)) return undefined;
  const wanted = decode(hash.slice(PREFIX.length));
  const index = tasks.findIndex(({ name, group }) => `${groups[group]?.name}/${name}` === wanted);
  return index < 0 ? undefined : index;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Typed by hand: it names no task then.
    return "";
  }
}

function linkTo({ data, seen }: PageState): string {
  const task = seen.selected === undefined ? undefined : data.tasks[seen.selected];
  return task ? PREFIX + encodeURIComponent(`${data.groups[task.group]?.name}/${task.name}`) : "";
}
