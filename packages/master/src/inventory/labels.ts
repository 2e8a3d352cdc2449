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
 * What of the labels that are asked for is not answered by those that are written of an agent, and it may tell of itself;
 * or `undefined` where it is not that agent. A name that is written of any agent is nobody's own to tell: else an agent
 * could take for itself what the inventory gives to others.
 *
 * @param written - names of labels that the inventory has, of whatever agent
 */
export function unanswered(wanted: Labels, known: Labels, written: ReadonlySet<string>): Labels | undefined {
  const open: Labels = {};
  for (const [name, value] of Object.entries(wanted)) {
    const given = known[name];
    if (given === undefined && mayTell(name, written)) open[name] = value;
    else if (given === undefined || !fits(name, value, given)) return undefined;
  }
  return open;
}

/** Whether a label is an agent's own to tell. */
export function mayTell(name: string, written: ReadonlySet<string>): boolean {
  return AUTOMATIC.includes(name) || !written.has(name);
}

/** The names of all labels that an inventory has. */
export function writtenNames(entries: readonly { labels: Labels }[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ labels }) => Object.keys(labels)));
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
