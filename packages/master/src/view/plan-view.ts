import type { GroupDocument, PlanDocument, TaskDocument } from "../plan/plan-document.js";
import { formatDuration } from "./format-duration.js";
import { printableName } from "./printable.js";

const SHOWN_SCRIPT = 60;
const SHOWN_NAMES = 10;

/** The plan of a run for a person, without what is sent: group by group, each task with the number of its wave. */
export function describePlanned({ groups }: PlanDocument): string[] {
  return groups.flatMap((group, index) => [...(index > 0 ? [""] : []), ...describeGroup(group)]);
}

/** Those that the selection leaves out; nothing where there are none. */
export function describeNotChosen({ notChosen }: PlanDocument): string[] {
  if (notChosen.length === 0) return [];
  const names = notChosen.slice(0, SHOWN_NAMES).map(({ group, task }) => `${group}/${task}`);
  const more = notChosen.length > SHOWN_NAMES ? ` and ${notChosen.length - SHOWN_NAMES} more` : "";
  return ["", printableName(`Not chosen: ${names.join(", ")}${more}`)];
}

function describeGroup({
  name,
  description,
  workdir,
  maxParallel,
  timeoutMs,
  tasks,
}: GroupDocument): string[] {
  const terms = [
    workdir === undefined ? "in a fresh directory" : "",
    maxParallel === undefined ? "" : `at most ${maxParallel} at once`,
    timeoutMs === undefined ? "" : `within ${formatDuration(timeoutMs)}`,
  ].filter(Boolean);
  const said = [terms.join(", "), description ?? ""].filter(Boolean).map((text) => `  - ${text}`);
  return [`${name}${said.join("")}`, ...tasks.map((task) => `  ${describeTask(task)}`)].map(printableName);
}

function describeTask(task: TaskDocument): string {
  const { name, wave, agent, dependsOn, nextIfFail = [], conditions, retries, timeoutMs, script } = task;
  const { candidates, maxThere } = task;
  const terms = [
    dependsOn.length > 0 ? `after ${dependsOn.join(", ")}` : "",
    nextIfFail.length > 0 ? `if ${nextIfFail.join(" or ")} fails` : "",
    ...conditions.map((condition) => `asks its ${condition}`),
    retries > 0 ? `up to ${retries + 1} attempts` : "",
    timeoutMs === undefined ? "" : `within ${formatDuration(timeoutMs)}`,
    candidates ? `on one of ${candidates.join(", ")}` : "",
    maxThere === undefined ? "" : `at most ${maxThere} there at once`,
  ].filter(Boolean);
  const place = agent === undefined ? "" : ` @${agent}`;
  const between = terms.length > 0 ? ` (${terms.join("; ")})` : "";
  return `${String(wave ?? "-").padStart(2)}  ${name}${place}${between}: ${shortScript(script)}`;
}

function shortScript(script: string | undefined): string {
  if (script === undefined) return "a Lua function";
  const [first = "", ...more] = script.trim().split("\n");
  const isCut = more.length > 0 || first.length > SHOWN_SCRIPT;
  return isCut ? `${first.slice(0, SHOWN_SCRIPT).trimEnd()}…` : first;
}
