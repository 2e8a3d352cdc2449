import { createHash } from "node:crypto";

/** What may stand as it is on every file system: no upper case, since some take it for lower case. */
const PLAIN = /^[a-z0-9_][a-z0-9_.-]{0,99}$/;
const LONGEST_READABLE = 60;
/** What the records of a run are called, in the directory that has those of its groups (`run-files.ts`). */
const TAKEN: ReadonlySet<string> = new Set(["events.ndjson", "summary.json"]);

/**
 * A directory name for the name of a group or a task. Plain names stay; of others as much is kept as can be read,
 * and 128 bits of their SHA-256 follow after a `~`, which no plain name has: different names never meet, also where
 * case is folded or Unicode is normalised.
 */
export function directoryName(name: string): string {
  if (PLAIN.test(name) && !TAKEN.has(name)) return name;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+/, "");
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 32);
  return `${readable.slice(0, LONGEST_READABLE)}~${digest}`;
}
