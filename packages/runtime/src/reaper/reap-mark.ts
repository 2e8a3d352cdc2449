import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessTree } from "../process-tree/process-tree.js";
import { temporaryPrefix } from "./temporary-prefix.js";

/** Ends all processes that bear a mark, with TERM and, after the grace period, KILL; then removes their temporary files. */
export async function reapMark(markId: string, graceMs: number): Promise<void> {
  await ProcessTree.ofMark(markId).end(graceMs);
  const prefix = temporaryPrefix(markId);
  for (const name of await readdir(tmpdir())) {
    // Nobody is left who could be told of what cannot be removed.
    if (name.startsWith(prefix))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
