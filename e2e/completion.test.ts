import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { masterBinary, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { inTerminal, whyNoTerminal } from "./support/terminal.js";
import { writeWorkflow } from "./support/workflow-file.js";

const WORKFLOW = `
TaskDefinitions = {
  release = {
    description = "The whole of it",
    tasks = {
      { name = "build", command = "true", description = "Compile: all of it" },
      { name = "build all", command = "true" },
      { name = "be:fore", command = "true" },
      { name = "shared", command = "true" },
    },
  },
  tidy = { tasks = { { name = "shared", command = "true" } } },
}
`;

/** A directory with a workflow, and an environment in which `sloth` is the built command. */
function place() {
  const directory = temporaryDirectory();
  writeWorkflow(directory, WORKFLOW);
  const programs = temporaryDirectory();
  symlinkSync(masterBinary, join(programs, "sloth"));
  const env = { ...process.env, PATH: [programs, process.env.PATH].join(delimiter), TERM: "xterm" };
  return { directory, env };
}

/** What bash gets for a line with the cursor at the end of it, or at `|`. */
const ASK_BASH = `
source <(sloth completion bash)
before=\${1%%|*}
COMP_LINE=\${1/|/} COMP_POINT=\${#before}
COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:' COMP_WORDS=($COMP_LINE) COMP_CWORD=1
_sloth
for reply in "\${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done
`;

function askBash({ directory, env }: ReturnType<typeof place>, line: string) {
  const { stdout, stderr } = spawnSync("bash", ["-c", ASK_BASH, "bash", line], {
    cwd: directory,
    env,
    encoding: "utf8",
  });
  return { words: stdout.split("\n").filter(Boolean), stderr };
}

describe("completion in bash", () => {
  it("completes commands, options, values, and names of the workflow that is named or here", () => {
    const surroundings = place();
    const wanted = {
      "sloth ru": ["run", "runs"],
      "sloth run --output=p": ["plain"],
      "sloth run bui": ["build", "build\\ all"],
      "sloth run bui| -f nowhere.lua": [],
      "sloth run be:": ["fore"],
      "sloth run -f ": [],
    };
    for (const [line, words] of Object.entries(wanted))
      expect(askBash(surroundings, line), line).toEqual({ words, stderr: "" });
  });

  it("knows the runs, and the tasks of each", async () => {
    const surroundings = place();
    const { directory: cwd } = surroundings;
    await sloth(["run", "-f", "pipeline.lua", "build"], { cwd });
    await sloth(["run", "-f", "pipeline.lua", "tidy/shared"], { cwd });
    const { stdout } = await sloth(["runs", "--json"], { cwd });
    const [last, first] = JSON.parse(stdout).runs.map(({ runId }: { runId: string }) => runId);
    const ask = (line: string) => askBash(surroundings, line).words;
    expect(ask("sloth report ")).toEqual(["last", last, first]);
    expect(ask("sloth changes ")).toEqual([last, first]);
    expect(ask("sloth logs ")).toEqual(["shared", "last", last, first]);
    expect(ask(`sloth logs ${first} `)).toEqual(["build"]);
  });

  it("says nothing when the workflow is broken, and does not wait for one that never ends", async () => {
    const surroundings = place();
    for (const text of ["nonsense(", "print('loading') error('x')", "while true do end"]) {
      writeWorkflow(surroundings.directory, text);
      expect(askBash(surroundings, "sloth run bui")).toEqual({ words: [], stderr: "" });
    }
    expect(await sloth(["__complete", "bash"], { cwd: surroundings.directory })).toMatchObject({
      code: 0,
      stderr: "",
    });
  });
});

const noTerminal = whyNoTerminal();
const lacks = (shell: string) =>
  spawnSync(shell, ["-c", "true"]).error ? `there is no ${shell} here` : undefined;

describe.each([
  ["bash", ["--noprofile", "--rcfile", "rc", "-i"], ""],
  ["zsh", ["-i"], "autoload -Uz compinit && compinit -u\n"],
])("completion in %s", (shell, args, first) => {
  const missing = noTerminal ?? lacks(shell);

  it.skipIf(missing)(`completes what is typed${missing ? ` (${missing})` : ""}`, async () => {
    const { directory: cwd, env } = place();
    const start = `${first}PS1='ready> '\nsource <(sloth completion ${shell})\n`;
    for (const name of ["rc", ".zshrc"]) writeFileSync(join(cwd, name), start);
    mkdirSync(join(cwd, "build"));
    const terminal = inTerminal(shell, args, {
      columns: 100,
      rows: 30,
      cwd,
      env: { ...(env as Record<string, string>), ZDOTDIR: cwd, HOME: cwd },
    });
    const shows = (line: string) => terminal.screen().some((row) => row.trimEnd() === line);
    await terminal.until(() => shows("ready>"));
    const complete = async (text: string, completed: string) => {
      terminal.type(`${text}\t`);
      await terminal.until(() => shows(`ready> ${completed}`));
      // Takes the line back.
      terminal.type("\u0015");
      await terminal.until(() => shows("ready>"));
    };
    await complete("sloth grap", "sloth graph");
    await complete("sloth run -f pip", "sloth run -f pipeline.lua");
    await complete("sloth run --output=js", "sloth run --output=json");
    await complete("sloth run be", "sloth run be:fore");
    await complete("sloth run 'build ", "sloth run 'build all'");
    await complete("sloth run build\\ ", "sloth run build\\ all");
    await complete("sloth run -t build,sh", "sloth run -t build,shared");
    terminal.close();
    await terminal.ended;
  });
});

describe("completion in fish", () => {
  const missing = lacks("fish");

  it.skipIf(missing)(`offers words and what they are about${missing ? ` (${missing})` : ""}`, () => {
    const { directory, env } = place();
    const ask = (line: string) =>
      execFileSync("fish", ["-c", 'sloth completion fish | source; complete -C "$argv[1]"', line], {
        cwd: directory,
        env: { ...env, HOME: directory },
        encoding: "utf8",
      })
        .split("\n")
        .filter(Boolean);
    expect(ask("sloth run bui")).toEqual(["build\tCompile: all of it", "build all"]);
    expect(ask("sloth grap")).toEqual([expect.stringMatching(/^graph\t/)]);
    expect(ask("sloth run --output=js")).toEqual(["--output=json"]);
    expect(ask("sloth run -f pip")).toEqual(["pipeline.lua"]);
    expect(ask("sloth run --file=pip")).toEqual(["--file=pipeline.lua"]);
  });
});
