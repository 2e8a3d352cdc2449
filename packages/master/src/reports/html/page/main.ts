/** The page of one run. It loads nothing: what it shows stands in the page itself. */
import { showDetails } from "./details.js";
import { byId } from "./elements.js";
import { showHeading } from "./heading.js";
import { PageState } from "./page-state.js";
import { readData } from "./read-data.js";
import { followTaskLink } from "./task-link.js";
import { TaskList } from "./task-list.js";
import { Timeline } from "./timeline.js";
import { followKeys } from "./timeline-keys.js";
import { followPointers } from "./timeline-pointer.js";
import { followWithTip } from "./tip.js";

const state = new PageState(readData());
byId("app").hidden = false;
showHeading(state);
const timeline = new Timeline(state);
followPointers(timeline, state);
followKeys(timeline.layout, state);
followWithTip(state);
new TaskList(state);
showDetails(state);
followTaskLink(state);
measureHeader();

/** What sticks below the header has to know how high it is. */
function measureHeader(): void {
  const header = document.querySelector("header");
  if (!header) return;
  const measure = () =>
    document.documentElement.style.setProperty("--header-height", `${header.offsetHeight}px`);
  new ResizeObserver(measure).observe(header);
}
