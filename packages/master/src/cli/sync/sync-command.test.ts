import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { LineWriter } from "../../view/line-writer.js";
import { type SyncSurroundings, syncCommand } from "./sync-command.js";

async function sync(groups: string, missing?: SyncSurroundings["missing"]) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-sync-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "data"), "x".repeat(1000));
  const file = join(directory, "w.lua");
  writeFileSync(file, `TaskDefinitions = { ${groups} }`);
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const output = { stdout: new LineWriter(streams.stdout), stderr: new LineWriter(streams.stderr) };
  const code = await syncCommand(
    { file, values: [], set: [], envFiles: [], workspace: {} },
    { output, missing },
  );
  return {
    code,
    directory,
    stdout: String(streams.stdout.read() ?? ""),
    stderr: String(streams.stderr.read() ?? ""),
  };
}

const group = (name: string, agent: string, more = "") =>
  `${name} = { delegate_to = "${agent}", tasks = { t = { command = "true"${more} } } }`;

describe("sloth sync --dry-run", () => {
  it("names each workspace once for each agent", async () => {
    const groups = [group("a", "one:1"), group("b", "one:1"), group("c", "two:2"), group("d", "two:2")];
    const { code, directory, stdout } = await sync(groups.join(", "));
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => /^\S/.test(line))).toEqual([
      `${directory} to one:1, for "a", "b"`,
      `${directory} to two:2, for "c", "d"`,
    ]);
    expect(stdout).toMatch(/2 files of .*\n.*in 2 contents, if nothing is there yet/);
  });

  it("asks the agents where that is possible", async () => {
    const asked: string[] = [];
    const { stdout } = await sync(group("a", "one:1"), {
      of: async (target, workspace) => {
        asked.push(target.label);
        const { manifest } = await workspace.snapshot();
        return new Set(
          manifest.entries.filter(({ path }) => path === "data").map(({ digest = "" }) => digest),
        );
      },
    });
    expect(asked).toEqual(["one:1"]);
    expect(stdout).toMatch(/to send: 1\.0 kB in 1 content\n/);
  });

  it("says when nothing is delegated", async () => {
    const { code, stdout, stderr } = await sync(group("a", "one:1", ", delegate_to = false"));
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/nothing is delegated/),
    });
  });
});
