import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { RunHappening, TaskInfo } from "../events/run-event.js";
import { LineWriter } from "./line-writer.js";
import { PlainView } from "./plain-view.js";

function planned(name: string, agent?: string): TaskInfo {
  const at = { file: "w.lua", line: 1 };
  return { group: "g", name, ...(agent && { agent }), dependsOn: [], script: "true", at };
}

async function render(events: RunHappening[]) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const view = new PlainView({
    stdout: new LineWriter(streams.stdout),
    stderr: new LineWriter(streams.stderr),
  });
  for (const event of events) await view.show({ timeMs: 0, ...event });
  return { stdout: String(streams.stdout.read() ?? ""), stderr: String(streams.stderr.read() ?? "") };
}

const here = planned("build");
const there = planned("test", "build1:50051");
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the plain view", () => {
  it("shows a run as lines", async () => {
    const { stdout, stderr } = await render([
      { type: "group-started", name: "g", description: "Olá" },
      { type: "task-queued", task: there, position: 2 },
      { type: "task-started", task: there, attempt: 1 },
      { type: "task-output", task: there, stream: "stdout", bytes: bytes("one\ntw") },
      { type: "task-output", task: there, stream: "stderr", bytes: bytes("careful\n") },
      { type: "task-log", task: there, record: { level: "info", message: "done", fields: { n: 1, s: "x" } } },
      { type: "task-output", task: there, stream: "stdout", bytes: bytes("o") },
      {
        type: "task-finished",
        task: there,
        attempt: 1,
        durationMs: 1234,
        result: { status: "succeeded", message: "fine", changes: { added: 1, modified: 2, deleted: 0 } },
      },
      {
        type: "task-finished",
        task: here,
        attempt: 1,
        durationMs: 50,
        result: { status: "failed", message: "exited with 2" },
      },
      { type: "task-skipped", why: "dependency", task: planned("after") },
      {
        type: "run-finished",
        summary: { succeeded: 1, failed: 1, lost: 0, cancelled: 0, skipped: 1, durationMs: 2000 },
      },
    ]);
    expect(stdout).toBe(
      [
        "== g: Olá",
        "[test@build1:50051] queued, place 2",
        "[test@build1:50051] one",
        "[test@build1:50051] INFO done n=1 s=x",
        "[test@build1:50051] two",
        "✓ test@build1:50051 in 1.2 s (+1 ~2 -0): fine",
        "- after skipped",
        "1 succeeded, 1 failed, 1 skipped in 2.0 s",
        "",
      ].join("\n"),
    );
    expect(stderr).toBe(
      [
        "[test@build1:50051] careful",
        "✗ build failed in 0.1 s: exited with 2",
        "",
        "✗ g/build failed in 0.1 s: exited with 2",
        "    w.lua:1  true",
        "    again: npx @sloth/master run -f FILE --only g/build",
        "",
        "",
      ].join("\n"),
    );
  });

  it("passes what tasks print on byte for byte", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10);
    const stdout = new PassThrough();
    const view = new PlainView({
      stdout: new LineWriter(stdout),
      stderr: new LineWriter(stdout),
    });
    await view.show({
      timeMs: 0,
      type: "task-output",
      task: here,
      stream: "stdout",
      bytes: Buffer.concat([all, Buffer.from("\n")]),
    });
    expect(stdout.read()).toEqual(Buffer.concat([Buffer.from("[build] "), all, Buffer.from("\n")]));
  });

  it("lets no message or log record of a task steer the terminal", async () => {
    const nasty = "\u001b[2Jgone\r\u0007";
    const { stdout, stderr } = await render([
      { type: "task-log", task: here, record: { level: "warn", message: nasty } },
      {
        type: "task-finished",
        task: here,
        attempt: 1,
        durationMs: 0,
        result: { status: "failed", message: nasty, traceback: nasty },
      },
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(stdout + stderr).not.toMatch(/[\u001b\r\u0007]/);
    expect(stdout).toContain("\\x1b[2Jgone");
  });
});
