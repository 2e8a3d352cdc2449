import type { Labels } from "@sloth/dsl";

/** What an agent tells of itself, and nobody has to write down. */
export interface AutomaticLabels {
  /** As Node names them. */
  os: string;
  arch: string;
  /** Absent in all of these: it is of a version that does not tell. */
  cpus?: number;
  /** In GiB, rounded. */
  memory?: number;
  hostname?: string;
}

const AUTOMATIC: readonly string[] = [
  "os",
  "arch",
  "cpus",
  "memory",
  "hostname",
] satisfies (keyof AutomaticLabels)[];
/** Of these a number asks for at least so much. */
const AMOUNTS: readonly string[] = ["cpus", "memory"];

/**
 * What of the labels that are asked for is not answered by those that are known, and an agent may tell of itself; or
 * `undefined` where the known ones contradict.
 */
export function unanswered(wanted: Labels, known: Labels): Labels | undefined {
  const open: Labels = {};
  for (const [name, value] of Object.entries(wanted)) {
    const given = known[name];
    if (given === undefined && AUTOMATIC.includes(name)) open[name] = value;
    else if (given === undefined || !fits(name, value, given)) return undefined;
  }
  return open;
}

/** Whether an agent has all that is asked for. What is written of it counts more than what it tells. */
export function hasLabels(wanted: Labels, known: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const given = known[name];
    return given !== undefined && fits(name, value, given);
  });
}

/** What is written and what is typed need not be of one type: `8` and `"8"` are the same. */
function fits(name: string, wanted: Labels[string], given: Labels[string]): boolean {
  if (AMOUNTS.includes(name) && Number.isFinite(Number(wanted)) && Number.isFinite(Number(given)))
    return Number(given) >= Number(wanted);
  return String(wanted) === String(given);
}

/** `os=linux,gpu`, as they are typed. */
export function formatLabels(labels: Labels | AutomaticLabels): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === true ? name : `${name}=${value}`))
    .join(",");
}
