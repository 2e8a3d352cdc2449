import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "../view/format-bytes.js";
import { shellLine } from "../view/shell-words.js";
import type { Check, Finding, Outcome } from "./check.js";
import type { DoctorContext } from "./doctor-context.js";

/** Less is soon used up by what tasks make. */
const LEAST_BYTES = 1e9;
/** Each file needs one, however small. */
const LEAST_INODES = 10_000;

interface Place {
  name: string;
  of(context: DoctorContext): string;
  /** What it is when there is too little. */
  outcome: Outcome;
  mend(directory: string): string;
  /** Where it cannot be written to. Default: as above. */
  mendAccess?(directory: string): string;
}

/** Where runs are recorded, and changes received before they are applied. */
export const workingDisk = freeDisk({
  name: "working directory",
  of: ({ directory }) => directory,
  outcome: "failed",
  mend: (directory) => `du -xh ${shellLine([directory])} | sort -h | tail`,
  mendAccess: (directory) => `chmod u+w ${shellLine([directory])}`,
});

export const temporaryDisk = freeDisk({
  name: "temporary directory",
  of: ({ temporaryDirectory }) => temporaryDirectory,
  outcome: "failed",
  mend: () => "export TMPDIR=DIRECTORY",
});

/** Only a warning: perhaps there will never be an agent here. */
export const agentDisk = freeDisk({
  name: "agent's state directory",
  of: ({ agentStateDirectory }) => agentStateDirectory,
  outcome: "warning",
  mend: () => "npx @sloth/agent --state-dir DIRECTORY",
});

function freeDisk({ name, of, outcome, mend, mendAccess = mend }: Place): Check {
  return {
    name,
    async run(context) {
      const wanted = of(context);
      const directory = await nearest(wanted);
      const found = (message: string, mended = mend(wanted)): Finding => ({
        outcome,
        message: `${wanted}: ${message}`,
        mend: mended,
      });
      if (!(await isWritable(directory))) return found("it cannot be written", mendAccess(wanted));
      const { bavail, bsize, files, ffree } = await statfs(directory);
      const free = formatBytes(bavail * bsize);
      if (bavail * bsize < LEAST_BYTES) return found(`only ${free} free`);
      // Some file systems count none.
      if (files > 0 && ffree < LEAST_INODES) return found(`room for only ${ffree} files`);
      return { outcome: "ok", message: `${wanted}: ${free} free` };
    },
  };
}

/** What would be made is on the disk of what it would be made in. */
async function nearest(path: string): Promise<string> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
