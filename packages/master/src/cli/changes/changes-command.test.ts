import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { diffManifests, newContents, packContents, receiveContents, takeSnapshot } from "@sloth/workspace";
import { describe, expect, it, onTestFinished } from "vitest";
import { openRunStore } from "../../run-store/run-store.js";
import { LineWriter } from "../../view/line-writer.js";
import { parseCommandLine } from "../command-line/command-line.js";
import { changesCommand } from "./changes-command.js";
import type { ChangesArguments } from "./changes-options.js";

const RUN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
type Files = Record<string, string>;

function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-changes-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function write(root: string, files: Files): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A workflow directory in which a task made `after` of `before`, which was not applied. */
async function kept(before: Files, after: Files, workspace = ".") {
  const directory = scratch();
  const root = write(join(directory, workspace), before);
  await keep(directory, root, after, 1);
  return { directory, root };
}

async function keep(directory: string, root: string, after: Files, attempt: number): Promise<void> {
  const copy = write(scratch(), after);
  const base = (await takeSnapshot(root)).manifest;
  const changeset = diffManifests(base, (await takeSnapshot(copy)).manifest);
  const expected = newContents(base, changeset);
  const stagingDir = join(scratch(), "staging");
  const contents = await receiveContents(packContents(copy, expected), { expected, stagingDir });
  const about = { group: "build", task: "compile", attempt, agent: "build1", workspaceRoot: root };
  const ended = {
    why: "failed" as const,
    message: "exit code 2",
    timeMs: attempt,
    protect: [],
    workflowFiles: [],
  };
  await openRunStore(directory, RUN).keepChanges({
    base,
    changeset,
    contents,
    about: { ...about, ...ended },
  });
}

/** Runs `sloth changes` on a directory. */
async function changes(directory: string, ...args: string[]) {
  const parsed = await parseCommandLine(["changes", ...args, "--workdir", directory]);
  if (parsed.kind !== "command") throw new Error(JSON.stringify(parsed));
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const output = { stdout: new LineWriter(streams.stdout), stderr: new LineWriter(streams.stderr) };
  const code = await changesCommand(parsed.args as ChangesArguments, output);
  return { code, stdout: String(streams.stdout.read() ?? ""), stderr: String(streams.stderr.read() ?? "") };
}

const before = { "a.txt": "one\n", "b.txt": "keep\n" };
const after = { "a.txt": "two\n", "b.txt": "keep\n", "new.txt": "new\n" };

describe("sloth changes", () => {
  it("lists what is kept, and says when nothing is", async () => {
    const { directory } = await kept(before, after);
    const { code, stdout } = await changes(directory);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^01ARZ\S+ build\/compile@build1\n.*failed, \+1 ~\d -0, 8 B\n {4}exit code 2\n$/);
    const empty = scratch();
    expect(await changes(empty)).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/no changes/),
    });
    expect(readdirSync(empty)).toEqual([]);
  });

  it("lists the rest when some are damaged, and names those", async () => {
    const { directory, root } = await kept(before, after);
    await keep(directory, root, after, 2);
    const damaged = openRunStore(directory, RUN).changesDirectory({
      group: "build",
      task: "compile",
      attempt: 1,
    });
    writeFileSync(join(damaged, "changes.json"), "{");
    const { stdout, stderr } = await changes(directory);
    expect(stdout).toMatch(/attempt 2/);
    expect(stderr).toMatch(/^sloth: The kept changes in .* are damaged/);
  });

  it("shows the paths, and with --diff what is in them", async () => {
    const { directory } = await kept(before, after);
    const shown = await changes(directory, "01arz", "compile");
    expect(shown.stdout).toMatch(/changes of .*\nM {2}a\.txt\n(t .*\n)?A {2}new\.txt\n$/);
    const { stdout } = await changes(directory, "01ARZ", "build/compile", "--diff");
    expect(stdout).toContain("--- a/a.txt\n+++ b/a.txt\n@@ -1,1 +1,1 @@\n-one\n+two\n");
    expect(stdout).toContain("--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,1 @@\n+new\n");
  });

  it("compares with nothing where the base is gone, and says so", async () => {
    const { directory, root } = await kept(before, after);
    writeFileSync(join(root, "a.txt"), "three\n");
    const { stdout } = await changes(directory, "01ARZ", "compile", "--diff");
    expect(stdout).toMatch(/a\.txt\n {4}what it was is not here any more.*\n--- \/dev\/null\n/);
  });

  it("applies them, marks them and keeps them", async () => {
    const { directory, root } = await kept(before, after, "app");
    const { code, stdout } = await changes(directory, "01ARZ", "--apply");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Applied to .*app: \+1 ~\d -0\n$/),
    });
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("two\n");
    expect(readFileSync(join(root, "new.txt"), "utf8")).toBe("new\n");
    expect((await changes(directory)).stdout).toMatch(/, applied \d{4}-/);
    expect(readdirSync(join(root, ".sloth", "staging"))).toEqual([]);
  });

  it("ends with 1 when they conflict, and changes nothing", async () => {
    const { directory, root } = await kept(before, after);
    writeFileSync(join(root, "a.txt"), "mine\n");
    const { code, stderr } = await changes(directory, "01ARZ", "compile", "--apply");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/nothing was applied.*\n.*a\.txt/),
    });
    expect(readdirSync(root).sort()).toEqual([".sloth", "a.txt", "b.txt"]);
    expect((await changes(directory)).stdout).not.toMatch(/, applied/);
  });

  it("ends with 1 when they are refused", async () => {
    const { directory } = await kept(before, {});
    const { code, stderr } = await changes(directory, "01ARZ", "compile", "--apply");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/delete every file/) });
  });

  it("applies to a directory outside of the workflow's only when it is named", async () => {
    const elsewhere = write(scratch(), before);
    const directory = scratch();
    await keep(directory, elsewhere, after, 1);
    await expect(changes(directory, "01ARZ", "compile", "--apply")).rejects.toMatchObject({ code: "USAGE" });
    expect(readFileSync(join(elsewhere, "a.txt"), "utf8")).toBe("one\n");
    const { code } = await changes(directory, "01ARZ", "compile", "--apply", "--to", elsewhere);
    expect(code).toBe(0);
    expect(readFileSync(join(elsewhere, "a.txt"), "utf8")).toBe("two\n");
  });

  it("does not take a link below the workflow's directory for a place there", async () => {
    const elsewhere = write(scratch(), before);
    const directory = scratch();
    symlinkSync(elsewhere, join(directory, "link"));
    await keep(directory, join(directory, "link"), after, 1);
    await expect(changes(directory, "01ARZ", "compile", "--apply")).rejects.toMatchObject({ code: "USAGE" });
    expect(readdirSync(elsewhere).sort()).toEqual(["a.txt", "b.txt"]);
  });

  it("says so when the directory is gone", async () => {
    const { directory, root } = await kept(before, after, "app");
    renameSync(root, join(directory, "moved"));
    await expect(changes(directory, "01ARZ", "compile", "--apply")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect((await changes(directory, "01ARZ", "--apply", "--to", join(directory, "moved"))).code).toBe(0);
  });

  it("takes the last attempt, or the one that is named", async () => {
    const { directory, root } = await kept(before, after);
    await keep(directory, root, { ...before, "second.txt": "" }, 2);
    expect((await changes(directory, "01ARZ", "compile")).stdout).toMatch(/second\.txt/);
    expect((await changes(directory, "01ARZ", "compile", "--attempt", "1")).stdout).toMatch(/new\.txt/);
  });

  it("says what it discards", async () => {
    const { directory } = await kept(before, after);
    const { stdout } = await changes(directory, "01ARZ", "compile", "--discard");
    expect(stdout).toMatch(/build\/compile[\s\S]*Discarded\.\n$/);
    expect((await changes(directory)).stdout).toBe("");
  });

  it.each([["02"], ["01ARZ", "nope"], ["01ARZ", "compile", "--attempt", "9"]])(
    "does not find %j %s",
    async (...args) => {
      const { directory } = await kept(before, after);
      await expect(changes(directory, ...args)).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  );
});
