import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { startFarAgent } from "./far-agent.js";
import { whyNoWire } from "./wire.js";

const reason = whyNoWire();

/** A directory with a workflow of one task. */
function workflow(address: string, command: string) {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${address}", command = [[${command}]] } } } }`,
  );
  return { directory, file };
}

/** Bytes that cannot be compressed, and the sum that tells whether they are the same elsewhere. */
function writeRandom(directory: string, name: string, sizeBytes: number): void {
  execFileSync(
    "sh",
    ["-c", `head -c ${sizeBytes} /dev/urandom > "$1" && sha256sum "$1" > "$1.sum"`, "sh", name],
    {
      cwd: directory,
    },
  );
}

describe.skipIf(reason !== undefined)(`a line${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("that is slow is no dead one: contents arrive in both directions", async () => {
    const { address, wire, startSloth } = await startFarAgent();
    await wire.set({ bytesPerSecond: 300_000, oneWayDelayMs: 20 });
    const there = workflow(address, "sha256sum --check --quiet sent.sum");
    writeRandom(there.directory, "sent", 3_500_000);
    const back = workflow(address, "head -c 3500000 /dev/urandom > made; sha256sum made > made.sum");

    const runs = await Promise.all(
      [there, back].map(({ file }) => startSloth(`run -f '${file}' --timeout 60s`).ended),
    );

    for (const { code, stderr } of runs) expect(code, stderr).toBe(0);
    execFileSync("sha256sum", ["--check", "--quiet", "made.sum"], { cwd: back.directory });
  });
});
