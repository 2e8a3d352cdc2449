import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sloth, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { slothInTerminal, whyNoTerminal } from "./support/terminal.js";
import { writeWorkflow } from "./support/workflow-file.js";

it("ends a failed run with a command that runs just what failed, and names its log", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "it's values.yaml"), "word: from values\n");
  writeWorkflow(
    directory,
    `TaskDefinitions = { ["the group"] = { tasks = {
       { name = "before", command = "echo before" },
       { name = "it's $HOME", depends_on = "before", command = "echo " .. values.word .. " " .. values.set .. "; exit 3" },
     } } }`,
  );
  const options = [
    "-f",
    "pipeline.lua",
    "--values",
    "it's values.yaml",
    "--set",
    "set=a b",
    "-t",
    "it's $HOME",
  ];
  const { stderr } = await sloth(["run", ...options], { cwd: directory });
  const [, log = ""] = /^ {4}log: {3}(.*)$/m.exec(stderr) ?? [];
  expect(log.startsWith(".sloth/runs/")).toBe(true);
  expect(existsSync(join(directory, log))).toBe(true);
  const [, again = ""] = /^ {4}again: (.*)$/m.exec(stderr) ?? [];
  const pasted = spawnSync("bash", ["-c", again], { cwd: directory, encoding: "utf8" });
  expect([pasted.status, pasted.stdout]).toEqual([1, expect.stringContaining("] from values a b\n")]);
  expect(pasted.stdout).not.toContain("before");
  const report = await sloth(["report"], { cwd: directory });
  expect(report.stdout).toContain("    | from values a b\n");
  expect(report.stdout).toContain(`log:   .sloth/runs/`);
});

describe("--return", () => {
  const tasks = `
    { name = "one", command = function() export({ v = "1" }) return true, "", { n = 9007199254740993 } end },
    { name = "two", depends_on = "one", command = "echo printed; exit 1" }`;

  it("prints what was returned on standard output, also of a run that failed, and all else beside it", async () => {
    const file = writeWorkflow(temporaryDirectory(), `TaskDefinitions = { g = { tasks = { ${tasks} } } }`);
    for (const output of ["plain", "quiet"]) {
      const { code, stdout, stderr } = await sloth(["run", "-f", file, "--return", "--output", output]);
      expect([code, stdout]).toEqual([
        1,
        '{"outputs":{"g":{"one":{"n":9007199254740993}}},"exports":{"v":"1"}}\n',
      ]);
      expect(stderr).toContain("printed");
      expect(stderr).toContain("1 succeeded, 1 failed");
    }
  });

  it("is refused beside --output json, before anything runs", async () => {
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "a", command = "touch ran" } } } }`,
    );
    const { code, stdout, stderr } = await sloth(["run", "-f", file, "--return", "--output", "json"]);
    expect([code, stdout, stderr.split("\n").length]).toEqual([2, "", 2]);
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });
});

it("shows what is held when a run is interrupted", async () => {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = {
       { name = "a", command = "echo held; touch begun; sleep 60" },
       { name = "b", command = "until [ -e begun ]; do sleep 0.05; done" },
     } } }`,
  );
  const running = startSloth(["run", "-f", file, "-j", "2", "--log-order", "grouped"]);
  await running.until(/✓ b/);
  expect(running.output).not.toContain("held");
  running.kill("SIGINT");
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toContain("[a] held\n");
});

const missing = whyNoTerminal();

describe.skipIf(missing)(`a terminal of 20 columns${missing ? ` (${missing})` : ""}`, () => {
  const narrow = { columns: 20, rows: 24 };

  it("has whole lines of a run, which it wraps", async () => {
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "a", command = "echo 'a line that is longer than the terminal'; exit 3" } } } }`,
    );
    for (const output of ["plain", "quiet"]) {
      const session = slothInTerminal(["run", "-f", file, "--output", output, "--color", "never"], narrow);
      expect(await session.ended).toBe(1);
      const lines = session.history();
      expect(lines).toContain("    | a line that is longer than the terminal");
      expect(lines.filter((line) => /^ {4}again: .* --only g\/a$/.test(line))).toHaveLength(1);
      expect(lines.at(-1)).toMatch(/^0 succeeded, 1 failed in \d+\.\d s$/);
      if (output === "plain") expect(lines).toContain("[a] a line that is longer than the terminal");
    }
  });

  it.each([[["--help"]], [["run", "--help"]]])("has whole words in %j", async (args) => {
    const session = slothInTerminal(args, narrow);
    expect(await session.ended).toBe(0);
    const text = session.history().join("\n");
    const words = args.length > 1 ? ["--external-symlinks", "--log-order", "--return"] : ["sloth validate"];
    for (const word of words) expect(text).toContain(word);
  });
});
