/** The entry of a process that ends what a runner has left which was killed: `node reap.js MARK GRACE_MS`. */
import { reapMark } from "./reap-mark.js";

// Whoever killed the runner may mean everything; this ends by itself.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => {});

const [markId = "", graceMs] = process.argv.slice(2);
void reapMark(markId, Number(graceMs));
