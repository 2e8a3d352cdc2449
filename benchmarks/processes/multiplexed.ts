import type { Bench } from "../bench.js";
import { startInBackground } from "./background.js";
import type { PrivateSshd } from "./private-sshd.js";
import { run } from "./run.js";

/** The words of an ssh command over a connection that is open already, until the end of the benchmark. */
export async function openMultiplexed(bench: Bench, sshd: PrivateSshd): Promise<string[]> {
  const control = bench.freshDirectory("ctl");
  const words = sshd.ssh(sshd.port, control);
  const connection = startInBackground([...words, "-M", "-N", "far"]);
  bench.atEnd(connection.stop);
  // A command over a connection that is not up yet would open its own; so wait for the control socket.
  await run(["timeout", "60", "sh", "-c", 'until [ -S "$1" ]; do sleep 0.05; done', "sh", control]);
  return words;
}
