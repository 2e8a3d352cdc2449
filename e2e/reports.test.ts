import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { masterBinary, sloth, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const ALL = "junit=out/junit.xml,trace=out/trace.json,html=out/run.html";
const FILES = ["out/junit.xml", "out/trace.json", "out/run.html"];

function workflow(text: string): { directory: string; file: string; read: (name: string) => string } {
  const directory = temporaryDirectory();
  const file = writeWorkflow(directory, text);
  return { directory, file, read: (name) => readFileSync(join(directory, name), "utf8") };
}

const SIMPLE = 'TaskDefinitions = { g = { tasks = { { name = "a", command = "echo ran > ran" } } } }';

describe("the reports of a run", () => {
  it("are the same, made with it or of its record", async () => {
    const agent = await startAgent();
    const { directory, file, read } = workflow(
      `TaskDefinitions = { build = { tasks = {
         { name = "here", command = "echo olá; printf '\\\\377' >&2" },
         { name = "away", depends_on = { "here" }, delegate_to = "${agent.address}", command = "echo made > made" },
         { name = "flaky", retries = 1, retry_delay = "1ms", command = "echo no; exit 3" },
         { name = "after", depends_on = { "flaky" }, command = "true" },
       } } }`,
    );
    const { code, stderr } = await sloth(["run", "-f", file, "-k", "--report", ALL], { cwd: directory });
    expect([code, stderr]).toEqual([1, expect.not.stringContaining("warning")]);
    const live = FILES.map(read);
    const again = await sloth(
      ["report", "--report", "junit=again.xml", "--report", "trace=again.json,html=again.html"],
      {
        cwd: directory,
      },
    );
    expect(again).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(["again.xml", "again.json", "again.html"].map(read)).toEqual(live);
    const slices = JSON.parse(read("out/trace.json")).traceEvents.filter(
      ({ cat }: { cat?: string }) => cat === "stage",
    );
    expect(slices.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["sync", "run", "return"]),
    );
  });

  it("are made of a run that was interrupted, or whose process was killed", async () => {
    const { directory, file, read } = workflow(
      'TaskDefinitions = { g = { tasks = { { name = "wait", command = "echo begun; sleep 60" } } } }',
    );
    const interrupted = startSloth(["run", "-f", file, "--report", "junit=i.xml"], { cwd: directory });
    await interrupted.until(/begun/);
    interrupted.kill("SIGINT");
    expect((await interrupted.ended).code).toBe(130);
    expect(read("i.xml")).toContain('type="cancelled"');
    const killed = startSloth(["run", "-f", file, "--report", "junit=k.xml"], { cwd: directory });
    await killed.until(/begun/);
    await expect.poll(async () => (await sloth(["logs", "wait", "--file", file])).stdout).toContain("begun");
    killed.kill("SIGKILL");
    await killed.ended;
    expect(existsSync(join(directory, "k.xml"))).toBe(false);
    expect((await sloth(["report", "-f", file, "--report", "junit=k.xml"], { cwd: directory })).code).toBe(0);
    expect(read("k.xml")).toContain('type="running"');
  });

  it("replace what was there, behind a link too, and write to what is no file", async () => {
    const { directory, file, read } = workflow(SIMPLE);
    writeFileSync(join(directory, "old.xml"), "old");
    symlinkSync("old.xml", join(directory, "link.xml"));
    const command = `"$0" "$1" run -f "$2" --output quiet --report junit=link.xml,trace=/dev/stdout | cat`;
    const args = ["-c", command, process.execPath, masterBinary, file];
    const { stdout } = spawnSync("bash", args, { cwd: directory, encoding: "utf8" });
    expect(stdout).toContain('"traceEvents"');
    expect(read("old.xml")).toContain("<testsuites");
  });
});

describe("a report that cannot be written", () => {
  it("is a warning with path and reason, and makes a success one that is worth another try", async () => {
    const { directory, file } = workflow(SIMPLE);
    writeFileSync(join(directory, "file"), "");
    const args = ["run", "-f", file, "--report", "junit=file/x.xml,html=fine.html"];
    const { code, stderr, stdout } = await sloth(args, { cwd: directory });
    expect([code, stdout]).toEqual([3, expect.stringContaining("1 succeeded")]);
    expect(stderr).toMatch(/^warning: the junit report file\/x\.xml cannot be written: .*\n$/);
    expect(existsSync(join(directory, "fine.html"))).toBe(true);
    const recorded = await sloth(["report", "-f", file, "--report", "junit=file/x.xml"], { cwd: directory });
    expect(recorded).toMatchObject({ code: 3, stdout: "" });
    expect(recorded.stderr).toMatch(/^sloth: the junit report file\/x\.xml cannot be written: .*\n$/);
  });

  it("is told of where no directory can be made", async () => {
    const { directory, file } = workflow(SIMPLE);
    const { code, stderr } = await sloth(["run", "-f", file, "--report", "junit=/proc/none/x.xml"], {
      cwd: directory,
    });
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^warning: the junit report \/proc\/none\/x\.xml .*\n$/),
    ]);
  });

  it("leaves the exit code of a failure as it is", async () => {
    const { directory, file } = workflow(
      'TaskDefinitions = { g = { tasks = { { name = "a", command = "exit 9" } } } }',
    );
    writeFileSync(join(directory, "file"), "");
    expect((await sloth(["run", "-f", file, "--report", "junit=file/x"], { cwd: directory })).code).toBe(1);
  });

  it.runIf(process.getuid?.() !== 0)(
    "leaves nothing behind in a directory that it may not write",
    async () => {
      const { directory, file } = workflow(SIMPLE);
      mkdirSync(join(directory, "closed"));
      chmodSync(join(directory, "closed"), 0o500);
      expect((await sloth(["run", "-f", file, "--report", "html=closed/x"], { cwd: directory })).code).toBe(
        3,
      );
    },
  );
});

describe("a mistake in --report", () => {
  it.each([
    ["pdf=x", "--report pdf=x is none of: junit=PATH, trace=PATH, html=PATH."],
    ["junit", "--report junit does not say where to: write it as junit=PATH."],
    ["junit=", "--report junit= does not say where to: write it as junit=PATH."],
    ["", "--report  is none of"],
    ["junit=a,b", "--report b is none of"],
    ["junit=a,html=./a", "--report names ./a twice."],
    ["html=directory", "--report html=directory is a directory: name a file in it."],
  ])("is told in one line before anything runs: %j", async (typed, message) => {
    const { directory, file } = workflow(SIMPLE);
    mkdirSync(join(directory, "directory"));
    const ran = await sloth(["run", "-f", file, "--report", typed], { cwd: directory });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trimEnd()).not.toContain("\n");
    expect(existsSync(join(directory, "ran"))).toBe(false);
    expect(existsSync(join(directory, ".sloth"))).toBe(false);
  });
});
