import type { LineSink } from "./line-writer.js";

/** Where lines go: results and what tasks print to stdout to the one, the rest to the other. */
export interface Outlet {
  stdout: LineSink;
  stderr: LineSink;
}

/** Does the same to both. */
export function mapOutlet(outlet: Outlet, change: (sink: LineSink) => LineSink): Outlet {
  return { stdout: change(outlet.stdout), stderr: change(outlet.stderr) };
}
