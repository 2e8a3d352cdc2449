import type { SyncForecast } from "../plan/sync-forecast.js";
import { countOf } from "./count-of.js";
import { formatBytes } from "./format-bytes.js";
import { printableName } from "./printable.js";

/** More new content than this is seldom meant. */
export const MUCH_BYTES = 100_000_000;
const SHOWN_SKIPPED = 5;

/** What one agent would be sent of one workspace. `isGuess`: the agent was not asked what it holds already. */
export function describeForecast(
  place: { workspace: string; agent: string; groups: readonly string[] },
  forecast: SyncForecast,
  isGuess: boolean,
): string[] {
  const { files, sizeBytes, newContents, newBytes, largest, skipped } = forecast;
  const groups = place.groups.map((name) => `"${name}"`).join(", ");
  const guess = isGuess ? ", if nothing is there yet" : "";
  return [
    printableName(`${place.workspace} to ${place.agent}, for ${groups}`),
    `    ${countOf(files, "file")} of ${formatBytes(sizeBytes)}`,
    `    to send: ${formatBytes(newBytes)} in ${countOf(newContents, "content")}${guess}`,
    ...(largest.length > 0 ? ["    the largest directories of it:"] : []),
    ...largest.map((directory) => {
      const size = formatBytes(directory.sizeBytes).padStart(8);
      return `    ${size}  ${printableName(directory.path)}/ (${countOf(directory.files, "file")})`;
    }),
    ...(skipped.length > 0 ? [`    not sent, as they are special files: ${shownSkipped(skipped)}`] : []),
  ];
}

/** A warning when much is new, with the directories that might be left out; undefined when it is not much. */
export function warnOfMuch(agent: string, { newBytes, largest }: SyncForecast): string | undefined {
  if (newBytes <= MUCH_BYTES) return undefined;
  const isBelowAnother = (path: string) => largest.some((other) => path.startsWith(`${other.path}/`));
  const named = largest
    .filter(({ path, sizeBytes }) => sizeBytes >= newBytes / 20 && !isBelowAnother(path))
    .slice(0, 3)
    .map(({ path, sizeBytes }) => `${printableName(path)}/ (${formatBytes(sizeBytes)})`);
  const where = named.length > 0 ? `, most of it in ${named.join(", ")}` : "";
  const head = `${formatBytes(newBytes)} are new to ${printableName(agent)}${where}.`;
  return `${head} What the tasks do not need can be left out with ignore = { … }.`;
}

function shownSkipped(skipped: readonly string[]): string {
  const shown = skipped.slice(0, SHOWN_SKIPPED).map(printableName);
  const more = skipped.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
