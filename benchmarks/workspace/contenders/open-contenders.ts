import { openPrivateSshd, type PrivateSshd } from "../../processes/private-sshd.js";
import type { ContenderName } from "../command-line.js";
import type { WorkspaceBench } from "../workspace-bench.js";
import type { Contender } from "./contender.js";
import { copyContender } from "./copy.js";
import { multiplexedRsyncContender, rsyncContender, tarContender } from "./over-ssh.js";
import { slothContender } from "./sloth.js";

export interface Contenders {
  readonly available: readonly Contender[];
  /** Why the others are not there. */
  readonly missing: Readonly<Record<string, string>>;
}

const overSsh: Partial<Record<ContenderName, (sshd: PrivateSshd) => Contender>> = {
  rsync: rsyncContender,
  "rsync-mux": multiplexedRsyncContender,
  tar: tarContender,
};

export async function openContenders(bench: WorkspaceBench): Promise<Contenders> {
  const { contenders: wanted } = bench.options;
  const available: Contender[] = [];
  const missing: Record<string, string> = {};
  const sshd = wanted.some((name) => name in overSsh) ? await openPrivateSshd(bench) : undefined;
  for (const name of wanted) {
    const open = overSsh[name];
    if (name === "sloth") available.push(slothContender(bench.repository));
    else if (open === undefined) available.push(copyContender);
    else if (sshd !== undefined && "port" in sshd) available.push(open(sshd));
    else missing[name] = sshd?.missing ?? "not opened";
  }
  for (const [name, reason] of Object.entries(missing)) bench.say(`Without ${name}: ${reason}.`);
  return { available, missing };
}
