import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sleepsOf, sloth, startProgram, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** The runs of the workflow in a directory, the newest first, as paths. */
function runsIn(directory: string): string[] {
  const runs = join(directory, ".sloth/runs");
  return existsSync(runs)
    ? readdirSync(runs)
        .sort()
        .reverse()
        .map((run) => join(runs, run))
    : [];
}

function eventsIn(directory: string): string {
  const events = join(runsIn(directory)[0] ?? "", "events.ndjson");
  return existsSync(events) ? readFileSync(events, "utf8") : "";
}

/** Starts a run and kills it once something is recorded of it. */
async function kill(args: string[], cwd: string, recorded: RegExp): Promise<void> {
  const killed = startSloth(args, { cwd });
  await expect.poll(() => eventsIn(cwd), { timeout: 20_000 }).toMatch(recorded);
  killed.kill("SIGKILL");
  await killed.ended;
}

const STARTED = /"type":"task-started"/;

function local(directory: string): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "t", command = "echo ready; exec sleep 4444444" } } } }`,
  );
}

const noStack = expect.not.stringMatching(/defect of sloth|\n\s+at /);

describe("sloth resume", () => {
  it("says that the directory in which the run was started is gone", async () => {
    const directory = temporaryDirectory();
    const elsewhere = join(temporaryDirectory(), "elsewhere");
    mkdirSync(elsewhere);
    const killed = startSloth(["run", "-f", local(directory)], { cwd: elsewhere });
    await expect.poll(() => eventsIn(directory), { timeout: 20_000 }).toMatch(STARTED);
    killed.kill("SIGKILL");
    await killed.ended;
    rmSync(elsewhere, { recursive: true });
    const { code, stderr } = await sloth(["resume"], { cwd: directory });
    expect(code).toBe(2);
    expect(stderr).toMatch(/was started in .*elsewhere, which is gone\. Put it back/);
    expect(stderr).toEqual(noStack);
  });

  it("says that the workspace of a task is gone, or that its place was taken", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const workspace = join(temporaryDirectory(), "workspace");
    mkdirSync(workspace);
    writeFileSync(join(workspace, "kept"), "as it was");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { workdir = "${workspace}", tasks = { { name = "t", delegate_to = "${agent.address}",
         command = "echo ready; while [ ! -e ${directory}/go ]; do sleep 0.05; done; echo new > kept" } } } }`,
    );
    await kill(["run"], directory, /"task-output"/);
    renameSync(workspace, `${workspace}-away`);
    const gone = await sloth(["resume"], { cwd: directory });
    expect(gone.code).toBe(2);
    expect(gone.stderr).toMatch(/The working directory of group "g" cannot be used: it does not exist/);

    mkdirSync(workspace);
    writeFileSync(join(workspace, "kept"), "another one");
    writeFileSync(join(directory, "go"), "");
    const other = await sloth(["resume"], { cwd: directory });
    expect(other.code, other.stderr).toBe(1);
    expect(other.stderr).toMatch(/conflict/);
    expect(readFileSync(join(workspace, "kept"), "utf8")).toBe("another one");
  });

  it("takes up a run whose record was cut in the middle of a line, or has lines that are none", async () => {
    const directory = temporaryDirectory();
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "a", command = "echo a >> ran" },
         { name = "b", depends_on = { "a" }, command = "echo ready; [ -e ran2 ] || { touch ran2; exec sleep 4444444; }" } } } }`,
    );
    await kill(["run"], directory, /"task-output".*"b"|"b".*"task-output"/);
    const events = join(runsIn(directory)[0] ?? "", "events.ndjson");
    appendFileSync(events, 'rubbish\n{"v":1,"type":"task-finished","task":\n\0\0\0\n{"v":1,"type":"task-fin');
    const { code, stderr } = await sloth(["resume", "--rerun-unknown"], { cwd: directory });
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(directory, "ran"), "utf8")).toBe("a\n");
    await expect.poll(() => sleepsOf(4444444), { timeout: 20_000 }).toEqual([]);
  });

  it("does not take up a run of which nothing is left but the beginning of a line", async () => {
    const directory = temporaryDirectory();
    local(directory);
    await kill(["run"], directory, STARTED);
    const [run = ""] = runsIn(directory);
    truncateSync(join(run, "events.ndjson"), 20);
    expect(await sloth(["resume"], { cwd: directory })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No run is recorded/),
    });
  });

  it("says that the outcome is unknown where what joins an attempt is damaged, and opens no pipe in its place", async () => {
    const agent = await startAgent();
    for (const damage of ["ticket", "pipe", "snapshot", "cut snapshot"] as const) {
      const directory = temporaryDirectory();
      const begun = join(temporaryDirectory(), "begun");
      writeWorkflow(
        directory,
        `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${agent.address}",
           command = "echo begun >> ${begun}; echo ready; exec sleep 3" } } } }`,
      );
      await kill(["run"], directory, /"task-output"/);
      const attempts = join(runsIn(directory)[0] ?? "", ".attempts");
      const names = readdirSync(attempts);
      const ticket = join(attempts, names.find((name) => name.endsWith(".json")) ?? "");
      const base = join(attempts, names.find((name) => !name.endsWith(".json")) ?? "");
      if (damage === "ticket") writeFileSync(ticket, '{"v":1,"group":7}');
      if (damage === "pipe") {
        rmSync(ticket);
        execFileSync("mkfifo", [ticket]);
      }
      if (damage === "snapshot") rmSync(base);
      if (damage === "cut snapshot") truncateSync(base, 10);
      const { code, stderr } = await sloth(["resume"], { cwd: directory });
      expect(code, `${damage}: ${stderr}`).toBe(3);
      expect(stderr).toMatch(/outcome unknown, and not run: g\/t/);
      expect(stderr).toEqual(noStack);
      expect(readFileSync(begun, "utf8")).toBe("begun\n");
    }
  });

  it("says that nothing can be recorded where it may not write", async () => {
    if (process.getuid?.() !== 0) return;
    const directory = temporaryDirectory();
    local(directory);
    await kill(["run"], directory, STARTED);
    // Nobody else may enter it, so all of it is another user's.
    execFileSync("chmod", ["-R", "a+rX", directory]);
    const asNobody = (args: string[]) =>
      startProgram(
        [
          "setpriv",
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          process.execPath,
          "packages/master/bin/sloth-master.cjs",
          ...args,
        ],
        { env: { HOME: "/nonexistent", XDG_STATE_HOME: undefined, XDG_CONFIG_HOME: undefined } },
      ).ended;
    const { code, stderr } = await asNobody(["resume", "-f", join(directory, "pipeline.lua")]);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/was recorded by another user \(0\), who alone may take it up/);
    execFileSync("chmod", ["0700", join(directory, ".sloth/runs")]);
    const hidden = await asNobody(["resume", "-f", join(directory, "pipeline.lua")]);
    expect(hidden.code).toBe(2);
    expect(hidden.stderr).toMatch(/may not be read/);
    expect(hidden.stderr).toEqual(noStack);
  });

  it("runs nothing that another user has put in the place of a record", async () => {
    if (process.getuid?.() !== 0) return;
    const directory = temporaryDirectory();
    local(directory);
    await kill(["run"], directory, STARTED);
    const [run = ""] = runsIn(directory);
    chownSync(run, 65534, 65534);
    expect(await sloth(["resume"], { cwd: directory })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/was recorded by another user \(65534\)/),
    });
  });

  it("runs a group in a fresh directory again only with --rerun-unknown, since what it had made is gone", async () => {
    const directory = temporaryDirectory();
    const begun = join(temporaryDirectory(), "begun");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { create_workdir_before_run = true, tasks = {
         { name = "a", command = "echo a >> ${begun}; echo made > made" },
         { name = "b", depends_on = { "a" }, command = "echo b >> ${begun}; cat made; [ -e ${directory}/go ] || exec sleep 4444444" },
       } } }`,
    );
    await kill(["run"], directory, /"task-output"/);
    const { code, stderr } = await sloth(["resume"], { cwd: directory });
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(
      /Group "g" worked in a fresh directory, .*: a, b would run again.*--rerun-unknown/s,
    );
    expect(readFileSync(begun, "utf8")).toBe("a\nb\n");
    writeFileSync(join(directory, "go"), "");
    const again = await sloth(["resume", "--rerun-unknown"], { cwd: directory });
    expect(again.code, again.stderr).toBe(0);
    expect(readFileSync(begun, "utf8")).toBe("a\nb\na\nb\n");
  });

  it("lets only one of two that are called at the same time take the run up", async () => {
    const directory = temporaryDirectory();
    const begun = join(temporaryDirectory(), "begun");
    writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "a", command = "echo ready; exec sleep 4444444" },
         { name = "b", command = "echo begun >> ${begun}; sleep 0.5", depends_on = { "c" } },
         { name = "c", command = "while [ ! -e go ]; do sleep 0.05; done" } } } }`,
    );
    await kill(["run", "--jobs", "1"], directory, STARTED);
    writeFileSync(join(directory, "go"), "");
    const both = await Promise.all(
      [1, 2].map(() => sloth(["resume", "--output", "plain"], { cwd: directory })),
    );
    const codes = both.map(({ code }) => code).sort();
    expect(codes, both.map(({ stderr }) => stderr).join("\n---\n")).toEqual([2, 3]);
    expect(both.find(({ code }) => code === 2)?.stderr).toMatch(
      /was taken up by run|its process lives|has ended/,
    );
    const again = await sloth(["resume"], { cwd: directory });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/was taken up by run|has ended/);
  });
});
