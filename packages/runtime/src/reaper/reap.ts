/** The entry of a process that ends what a runner has left which was killed: `node reap.js MARK GRACE_MS`. */
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessTree } from "../process-tree/process-tree.js";
import { temporaryPrefix } from "./temporary-path.js";

// Whoever killed the runner may mean everything; this ends by itself.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => {});

const [markId = "", graceMs] = process.argv.slice(2);
void ProcessTree.ofMark(markId)
  .end(Number(graceMs))
  .then(() => removeTemporaryFiles(temporaryPrefix(markId)));

async function removeTemporaryFiles(prefix: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    // Nobody is left who could be told of what cannot be removed.
    if (name.startsWith(prefix))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
