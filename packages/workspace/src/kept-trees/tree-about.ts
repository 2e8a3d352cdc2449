import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { unlinkIfThere } from "../layout/unlink-if-there.js";

/** What is known of a kept tree without looking into it. */
export interface TreeAbout {
  /** The sizes of its files together, when it was last captured. */
  contentBytes: number;
}

/** Says what a tree holds; the time of the file says when it was last used. Leaves nothing where it fails. */
export function writeAbout(directory: string, about: TreeAbout): void {
  if (readAbout(directory).contentBytes === about.contentBytes && touch(`${directory}/about.json`)) return;
  const draft = `${directory}/about.json.new`;
  try {
    writeFileSync(draft, `${JSON.stringify(about)}\n`, { mode: 0o600 });
    renameSync(draft, `${directory}/about.json`);
  } catch (cause) {
    unlinkIfThere(draft);
    throw cause;
  }
}

function touch(file: string): boolean {
  const now = Date.now() / 1000;
  try {
    utimesSync(file, now, now);
    return true;
  } catch {
    // It is not there, and is written.
    return false;
  }
}

/** Of a tree whose process died before it said anything: never used, and empty as far as is known. */
export function readAbout(directory: string): TreeAbout & { usedAtMs: number } {
  try {
    const { contentBytes } = JSON.parse(readFileSync(`${directory}/about.json`, "utf8"));
    const { mtimeMs } = statSync(`${directory}/about.json`);
    return { contentBytes: Number.isSafeInteger(contentBytes) ? contentBytes : 0, usedAtMs: mtimeMs };
  } catch {
    return { contentBytes: 0, usedAtMs: 0 };
  }
}
