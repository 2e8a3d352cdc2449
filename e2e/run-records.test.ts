import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { repository, sloth, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const binary = `${repository}packages/master/bin/sloth-master.cjs`;

it("shows a recorded run again as it was shown, on both streams", async () => {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { description = "Olá", tasks = {
       { name = "mixed", command = "for i in $(seq 500); do echo olá $i; echo err $i >&2; done; printf '\\\\377\\\\0€'; head -c 100000 /dev/zero | tr '\\\\0' x" },
       { name = "fails", retries = 1, retry_delay = "1ms", command = "echo no; exit 3" },
       { name = "after", depends_on = { "fails" }, command = "true" },
     } } }`,
  );
  const { code, stdout, stderr } = await sloth(["run", "-f", file]);
  expect(code).toBe(1);
  expect(await sloth(["report", "last", "--replay", "-f", file])).toMatchObject({ code: 0, stdout, stderr });
  expect(await sloth(["logs", "--file", file])).toMatchObject({ code: 0, stdout, stderr });
  expect((await sloth(["report"], { cwd: directory })).stdout).toContain("✗ g/fails failed");
  const missing = await sloth(["logs", "last", "fials", "--file", file]);
  expect(missing).toMatchObject({ code: 2, stdout: "" });
  expect(missing.stderr).toMatch(/^sloth: .*Did you mean "fails"\?\n$/);
});

it("says that a run which was killed has not finished, and follows one that runs", async () => {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "wait", command = "echo begun; sleep 60" } } } }`,
  );
  const running = startSloth(["run", "-f", file]);
  await running.until(/begun/);
  await expect.poll(async () => (await sloth(["runs", "-f", file])).stdout).toContain("running");
  const following = startSloth(["logs", "wait", "-f", "--file", file]);
  await following.until(/begun/);
  running.kill("SIGKILL");
  expect(await following.ended).toMatchObject({ code: 0, stdout: "begun\n" });
  await running.ended;
  expect((await sloth(["runs", "-f", file])).stdout).toContain("unfinished");
  expect((await sloth(["report", "-f", file])).stdout).toContain("g/wait  running");
});

it("ends quietly when nobody reads on", async () => {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "much", command = "seq 300000" } } } }`,
  );
  await sloth(["run", "-f", file]);
  for (const args of ["logs much", "logs", "report --replay"]) {
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", `${process.execPath} ${binary} ${args} | head -1; exit \${PIPESTATUS[0]}`],
      { cwd: directory, encoding: "utf8" },
    );
    expect([args, stdout.split("\n").length, stderr]).toEqual([args, 2, ""]);
  }
});

it("runs all the same where it cannot record", async () => {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "a", command = "echo done" } } } }`,
  );
  execFileSync("ln", ["-s", temporaryDirectory(), `${directory}/.sloth`]);
  const { code, stdout, stderr } = await sloth(["run", "-f", file]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("1 succeeded")]);
  expect(stderr.match(/warning: this run is not recorded/g)).toHaveLength(1);
  expect(readdirSync(`${directory}/.sloth/`)).toEqual([]);
});
