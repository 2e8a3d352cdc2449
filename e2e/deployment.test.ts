import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

it.skipIf(!hasSystemd)(
  `has a unit that systemd finds right${hasSystemd ? "" : " (no systemd-analyze)"}`,
  () => {
    // A copy, since systemd also complains about the modes of files.
    const unit = join(temporaryDirectory(), "sloth-agent.service");
    copyFileSync(join(repository, "deploy/sloth-agent.service"), unit);

    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], {
      encoding: "utf8",
    });

    expect(stderr).toBe("");
    expect(status).toBe(0);
  },
);
