import type { Changeset, KeptSummary, Manifest, ManifestEntry } from "@sloth/workspace";
import { formatBytes } from "./format-bytes.js";
import { printableName } from "./printable.js";

const LONGEST_MESSAGE_LINES = 25;

/** Kept changes in three lines: which; when, why and how much; the beginning of what the task said last. */
export function describeKept(summary: KeptSummary): string[] {
  return describe(summary, 1);
}

/** As {@link describeKept}, with more of the message, and the directory. */
export function describeWhole(summary: KeptSummary): string[] {
  return [
    ...describe(summary, LONGEST_MESSAGE_LINES),
    `    changes of ${printableName(summary.workspaceRoot)}`,
  ];
}

function describe(summary: KeptSummary, messageLines: number): string[] {
  const { run, group, task, attempt, agent } = summary;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  const message = (summary.message ?? "").split("\n").filter(Boolean).slice(0, messageLines);
  return [
    printableName(`${run} ${group}/${task}@${agent}${again}`),
    `    ${utc(summary.timeMs)} ${reasons[summary.why]}, ${amount(summary)}${applied(summary)}`,
    ...message.map((line) => `    ${printableName(line)}`),
  ];
}

const reasons: Record<KeptSummary["why"], string> = {
  failed: "failed",
  "timed-out": "timed out",
  cancelled: "cancelled",
  conflict: "conflict",
  refused: "refused",
};

function amount({ counts, contentBytes, hasContents }: KeptSummary): string {
  const { added, modified, deleted } = counts;
  const size = hasContents ? formatBytes(contentBytes) : "contents missing";
  return `+${added} ~${modified} -${deleted}, ${size}`;
}

function applied({ appliedAtMs }: KeptSummary): string {
  return appliedAtMs === undefined ? "" : `, applied ${utc(appliedAtMs)}`;
}

/** `2026-01-31 12:00Z` */
function utc(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** One changed path, and the line that says how. */
export interface ChangedPath {
  path: string;
  before: ManifestEntry | undefined;
  after: ManifestEntry | undefined;
  line: string;
}

/**
 * The paths of a changeset in order. The marks: A added, M modified, D deleted, T of another type, P other
 * permissions, t another time.
 */
export function changedPaths(base: Manifest, { upserts, deletions }: Changeset): ChangedPath[] {
  const before = new Map(base.entries.map((entry) => [entry.path, entry]));
  const changes = [
    ...upserts.map((after) => ({ path: after.path, before: before.get(after.path), after })),
    ...deletions.map((path) => ({ path, before: before.get(path), after: undefined })),
  ];
  return changes
    .map((change) => ({ ...change, line: `${markOf(change)}  ${shownPath(change)}${note(change)}` }))
    .sort((a, b) => compareNames(a.path, b.path));
}

type Change = Pick<ChangedPath, "path" | "before" | "after">;

function markOf({ before, after }: Change): string {
  if (after === undefined) return "D";
  if (before === undefined) return "A";
  if (before.kind !== after.kind) return "T";
  if (before.digest !== after.digest || before.target !== after.target) return "M";
  return before.mode === after.mode ? "t" : "P";
}

function shownPath({ path, before, after }: Change): string {
  const entry = after ?? before;
  const name = printableName(path);
  if (entry?.kind === "directory") return `${name}/`;
  return after?.target === undefined ? name : `${name} -> ${printableName(after.target)}`;
}

function note({ before, after }: Change): string {
  if (before === undefined || after === undefined) return "";
  if (before.kind !== after.kind) return `  (${before.kind} to ${after.kind})`;
  if (before.mode !== after.mode) return `  (mode ${octal(before.mode)} to ${octal(after.mode)})`;
  return before.digest === after.digest && before.target === after.target ? "  (time only)" : "";
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

/** A directory before what is in it. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a.replaceAll("/", "\0"), b.replaceAll("/", "\0")];
  return left < right ? -1 : left > right ? 1 : 0;
}
