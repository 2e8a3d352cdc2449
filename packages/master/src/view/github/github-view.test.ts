import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunHappening, TaskInfo } from "../../events/run-event.js";
import { followedCommands } from "../../testing/github-runner.js";
import { LineWriter } from "../line-writer.js";
import { GitHubView } from "./github-view.js";
import { JsonGuard } from "./json-guard.js";

const task: TaskInfo = {
  group: "g",
  name: "build, all: 100%",
  dependsOn: [],
  script: "make",
  at: { file: "ci/w.lua", line: 7 },
};
const START: RunHappening = {
  type: "run-started",
  run: { runId: "R", file: "/repo/sub/w.lua", groups: [{ name: "g", tasks: [task] }] },
};
const END: RunHappening = {
  type: "run-finished",
  summary: { succeeded: 0, failed: 1, lost: 0, cancelled: 0, skipped: 0, durationMs: 1 },
};
const output = (bytes: Uint8Array, stream: "stdout" | "stderr" = "stdout"): RunHappening => ({
  type: "task-output",
  task,
  stream,
  bytes,
});
const failed = (message: string): RunHappening => ({
  type: "task-finished",
  task,
  attempt: 1,
  durationMs: 1000,
  result: { status: "failed", message, traceback: message },
});

async function shown(events: RunHappening[], env: Record<string, string> = {}): Promise<string> {
  const stream = new PassThrough({ highWaterMark: 1e9 });
  const view = new GitHubView({
    sink: new LineWriter(stream),
    env: { GITHUB_WORKSPACE: "/repo", ...env },
    directory: "/repo",
  });
  for (const event of events) await view.show({ timeMs: 0, ...event });
  await view.close();
  return String(stream.read());
}

const followedOf = (text: string) => followedCommands(text).map((command) => command.split(" ")[0]);

describe("a run in GitHub Actions", () => {
  it("has a group for each task, and an annotation for each that failed", async () => {
    const text = await shown([START, output(Buffer.from("one\n")), failed("exited with 2"), END]);
    const lines = text.split("\n").map((line) => line.replace(/[0-9a-f-]{36}/, "TOKEN"));
    expect(lines.slice(0, 9)).toEqual([
      "::group::build, all: 100%25",
      "::stop-commands::TOKEN",
      "[build, all: 100%] one",
      "::TOKEN::",
      "::endgroup::",
      "::stop-commands::TOKEN",
      "✗ build, all: 100% failed in 1.0 s: exited with 2",
      "    exited with 2",
      "::TOKEN::",
    ]);
    expect(lines[9]).toMatch(
      /^::error file=sub\/ci\/w\.lua,line=7,title=g\/build%2C all%3A 100%25 failed::✗ g\/build, all: 100%25 failed in 1\.0 s: exited with 2%0A/,
    );
  });

  it("uses a token once only", async () => {
    const text = await shown([START, output(Buffer.from("one\n")), failed("no"), END]);
    const tokens = text.match(/(?<=^::stop-commands::).*/gm) ?? [];
    expect(tokens.length).toBeGreaterThan(1);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it("follows no command of a task, however it is printed", async () => {
    const piece = fc.constantFrom(
      "::",
      "::set-output name=a::b",
      "::add-mask::x",
      "##[add-mask]x",
      "##[",
      "]",
      "::stop-commands::mine",
      "::mine::",
      "::endgroup::",
      "\r",
      "\n",
      "\r\n",
      " ",
      "a",
      "é",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const stream = fc.constantFrom<"stdout" | "stderr">("stdout", "stderr");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, stream)), text, fc.nat(9), async (chunks, message, size) => {
        const pieces = chunks.flatMap(([bytes, of]) =>
          cut(Buffer.from(bytes), size + 1).map((part) => output(part, of)),
        );
        const record = { level: "info", message } as const;
        const events: RunHappening[] = [
          START,
          ...pieces,
          { type: "task-log", task, record },
          { type: "warning", message },
          failed(message),
          END,
        ];
        expect(followedOf(await shown(events))).toEqual(["group", "endgroup", "error"]);
      }),
    );
  });

  it("writes JSON in which nothing is a command and nothing is changed", async () => {
    const stream = new PassThrough();
    const value = { a: "##[add-mask]x\\#", "#": "##[set-env name=x]", olá: "é" };
    const guard = new JsonGuard(new LineWriter(stream));
    await guard.line(JSON.stringify(value));
    await guard.write(Buffer.from(`${JSON.stringify(value)}\n`));
    const text = String(stream.read());
    expect(followedCommands(text)).toEqual([]);
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([value, value]);
  });

  it("adds a table to the page of the workflow run", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sloth-summary-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const location = join(directory, "summary.md");
    await shown([START, failed("a | b <img> ![x](y)"), END], { GITHUB_STEP_SUMMARY: location });
    expect(readFileSync(location, "utf8")).toContain(
      "### ✗ w.lua: 0 succeeded, 1 failed in 0.0 s\n\n| | task | result | time | |\n|---|---|---|---|---|\n" +
        "| ✗ | g/build&#44; all&#58; 100&#37; | failed | 1.0 s | a &#124; b &#60;img&#62; &#33;&#91;x&#93;&#40;y&#41; |\n",
    );
  });

  it("says where the table cannot be written, and goes on", async () => {
    const text = await shown([START, END], { GITHUB_STEP_SUMMARY: "/nowhere/summary.md" });
    expect(text).toContain("/nowhere/summary.md");
  });
});

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
