import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sloth } from "../support/processes.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { mountSmallDisk, whyNoSmallDisk } from "./small-disk.js";

const MIB = 1024 * 1024;
const reason = whyNoSmallDisk();

describe.skipIf(reason !== undefined)(`a full disk${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("that takes no more records is warned of, and fails no task and loses none of its output", async () => {
    const disk = mountSmallDisk({ sizeBytes: 2 * MIB });
    onTestFinished(disk.unmount);
    const lines = 100_000;
    const file = writeWorkflow(
      join(disk.path),
      `TaskDefinitions = { g = { tasks = {
         { name = "much", command = "seq -f 'line %06.0f of what is printed' 1 ${lines}" },
         { name = "after", command = "echo reached", depends_on = "much" } } } }`,
    );

    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--output", "plain"]);

    expect(stderr).toMatch(/ENOSPC|no space/i);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/line \d{6} of what is printed/g)).toHaveLength(lines);
    expect(stdout).toContain("reached");
  });
});
