import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { answerShell } from "./answer-shell.js";

const WORKFLOW = `
TaskDefinitions = {
  release = {
    description = "The whole of it",
    tasks = {
      { name = "build", command = "true", description = "Compile:\\nall of it" },
      { name = "build all", command = "true" },
      { name = "be:fore", command = "true" },
      { name = "it's $5", command = "true" },
      { name = "shared", command = "true" },
    },
  },
  tidy = { tasks = { { name = "shared", command = "true" } } },
}
`;
const WORD_BREAKS = " \t\n\"'@><=;|&(:";

/** In a directory of its own, in which the workflow is; `|` is the cursor, else it is at the end. */
async function askBash(line: string) {
  const file = workflowFile();
  const [before = "", behind = ""] = line.replace("FILE", file).split("|");
  const answer = await answerShell("bash", [before, behind, WORD_BREAKS]);
  return answer.map((word) => word.replace(file, "FILE"));
}

function workflowFile(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-complete-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "w.lua");
  writeFileSync(file, WORKFLOW);
  return file;
}

describe("the answer to bash", () => {
  it.each([
    ["sloth ru", ["run", "runs"]],
    ["sloth --ver", ["--version"]],
    ["sloth nothing ", []],
    ["sloth list more ", []],
    ["sloth run --keep", ["--keep-ignored", "--keep-going"]],
    ["sloth run --no-sync", ["--no-sync-git"]],
    ["sloth run -k --no-sync", ["--no-sync-git"]],
    ["sloth completion ", ["bash", "zsh", "fish"]],
  ])("completes commands, options and more of them: %j", async (line, words) => {
    expect(await askBash(line)).toEqual(["words", ...words]);
  });

  it.each([
    ["sloth run --output ", ["auto", "tty", "plain", "json", "quiet"]],
    ["sloth run --output=p", ["plain"]],
    ["sloth run --color a", ["auto", "always"]],
    ["sloth run --on-conflict ", ["fail", "theirs", "ours"]],
    ["sloth run --external-symlinks r", ["refuse"]],
    ["sloth report --output ", ["json"]],
    ["sloth graph --format ", ["text", "mermaid", "dot", "json"]],
    ["sloth run --jobs ", []],
    ["sloth run --log-order g", ["grouped"]],
    ["sloth run --report j", ["junit="]],
  ])("completes the values of options: %j", async (line, words) => {
    expect(await askBash(line)).toEqual(["words", ...words]);
  });

  it.each([
    ["sloth run -f FILE -g ", ["release", "tidy"]],
    ["sloth run -k -f FILE bui", ["build", "build\\ all"]],
    ["sloth -f FILE run bui", ["build", "build\\ all"]],
    ["sloth run -f FILE -- bui", ["build", "build\\ all"]],
    ["sloth run --file=FILE done bui", ["build", "build\\ all"]],
    ["sloth run bui| -f FILE", ["build", "build\\ all"]],
    ["sloth run bui|ld -f FILE", ["build", "build\\ all"]],
    ["sloth run -f FILE build\\ ", ["build\\ all"]],
    ['sloth run -f FILE "build ', ["build all"]],
    ["sloth run -f FILE 'build ", ["build all"]],
    ["sloth run -f FILE be:", ["fore"]],
    ["sloth run -f FILE it", ["it\\'s\\ \\$5"]],
    ['sloth run -f FILE "it', ["it's \\$5"]],
    ["sloth run -f FILE 'it", []],
    ["sloth run -f FILE sha", ["shared"]],
    ["sloth run -f FILE tidy/", ["tidy/shared"]],
    ["sloth run -f FILE -t build,be", ["build,be:fore"]],
    ["sloth run -f FILE --only=build,be", ["build,be:fore"]],
    ["sloth list -f FILE bui", []],
  ])("completes names of the workflow: %j", async (line, words) => {
    expect(await askBash(line)).toEqual(["words", ...words]);
  });

  it.each([
    ["sloth run -f ", "files"],
    ["sloth run -f pip", "files"],
    ["sloth run --values=", "files"],
    ["sloth run --report junit=re", "files"],
    ["sloth init ", "directories"],
    ["sloth runs --workdir ", "directories"],
  ])("leaves files to bash: %j", async (line, kind) => {
    expect(await askBash(line)).toEqual([kind]);
  });
});

describe("the answer to shells that choose themselves", () => {
  it("has whole words with what they are about, in one line each", async () => {
    const file = workflowFile();
    expect(await answerShell("zsh", ["3", "run", "-f", file, "x", "-k"])).toEqual([
      "words",
      "build\tCompile: all of it",
      "build all\t",
      "be:fore\t",
      "it's $5\t",
      "shared\t",
    ]);
    expect(await answerShell("fish", ["1", "report", "--output="])).toEqual(["words", "--output=json\t"]);
  });
});
