import { createHash } from "node:crypto";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import type { DownloadResponse } from "@sloth/protocol";
import type { TaskResult } from "@sloth/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  changes,
  encoded,
  expectUntouched,
  type Frame,
  file,
  link,
  makeWorkspace,
  output,
  runScripted,
  startScriptedAgent,
  succeeded,
  toStarted,
} from "../testing/scripted-agent.js";
import { AgentPool } from "./agent-pool.js";
import { createRemoteTaskRunner, Workspaces } from "./remote-task-runner.js";

describe("an agent that is not to be trusted changes nothing here", () => {
  it.each<[string, Frame[], TaskResult["status"], RegExp]>([
    ["when it ends before it starts", [], "lost", /result|started/],
    [
      "when it skips the beginning",
      [{ $case: "started", started: { verifyUs: 0, updateUs: 0 } }],
      "lost",
      /started/,
    ],
    ["when it ends while the task runs", toStarted, "lost", /unknown/],
    ["when output is missing", [...toStarted, output(2, 0, "a")], "lost", /lost/],
    ["when output comes twice", [...toStarted, output(1, 0, "a"), output(1, 0, "a")], "lost", /lost/],
    ["when output leaves a gap", [...toStarted, output(1, 0, "a"), output(2, 5, "b")], "lost", /lost/],
    [
      "when its changes are no changeset",
      [...toStarted, succeeded, changes(Buffer.from("junk"), false)],
      "lost",
      /./,
    ],
    [
      "when its changes are not what their digest says",
      [...toStarted, succeeded, changes(encoded({}), false, "00")],
      "lost",
      /digest/,
    ],
    [
      "when it deletes everything",
      [...toStarted, succeeded, changes(encoded({ deletions: ["kept"] }), false)],
      "failed",
      /every/,
    ],
    [
      "when it deletes what was never sent",
      [...toStarted, succeeded, changes(encoded({ deletions: ["other"] }), false)],
      "lost",
      /./,
    ],
    [
      "when it makes a link that leads out",
      [...toStarted, succeeded, changes(encoded({ upserts: [link("l", "/etc")] }), false)],
      "failed",
      /"l".*\/etc/,
    ],
    [
      "when it writes into .git",
      [...toStarted, succeeded, changes(encoded({ upserts: [link(".git", "kept")] }), false)],
      "failed",
      /\.git/,
    ],
    ["when it promises changes and ends", [...toStarted, succeeded], "lost", /its changes are lost/],
    [
      "when it keeps the contents back",
      [...toStarted, succeeded, changes(encoded({ upserts: [file("new")] }), true)],
      "lost",
      /./,
    ],
    [
      "when it announces contents that nothing needs",
      [...toStarted, succeeded, changes(encoded({}), true)],
      "lost",
      /contents/,
    ],
    [
      "when it goes on after the end",
      [
        ...toStarted,
        { ...succeeded, finished: { ...succeeded.finished, changesFollow: false } } as Frame,
        output(1, 0, "a"),
      ],
      "succeeded",
      /^$/,
    ],
  ])("%s", async (_, frames, status, message) => {
    const workspace = makeWorkspace();
    const result = await runScripted(await startScriptedAgent(() => frames), workspace);
    expect(result.message ?? "").toMatch(message);
    expect(result.status).toBe(status);
    expectUntouched(workspace);
  });

  it("when its contents are no archive", async () => {
    const workspace = makeWorkspace();
    const frames = [...toStarted, succeeded, changes(encoded({ upserts: [file("new")] }), true)];
    const junk: DownloadResponse[] = [{ part: { $case: "data", data: Buffer.alloc(2048, 7) } }];
    const result = await runScripted(await startScriptedAgent(() => frames, { download: junk }), workspace);
    expect(result.status).toBe("lost");
    expectUntouched(workspace);
  });

  it.each(["../evil", "/evil", "a/../../evil", "a//b", "a\\b", ""])(
    "when it names the path %j",
    async (path) => {
      const workspace = makeWorkspace();
      // The encoder does not write such a path: put it in place of one of the same length.
      const stand = "z".repeat(Buffer.byteLength(path)) || "z";
      const data = Buffer.from(
        encoded({ upserts: [{ ...file(stand), sizeBytes: 0, digest: createHash("sha256").digest("hex") }] }),
      );
      data.write(path || "\0", data.indexOf(stand), "utf8");
      const result = await runScripted(
        await startScriptedAgent(() => [...toStarted, succeeded, changes(data, false)]),
        workspace,
      );
      expect(result.status).toBe("lost");
      expectUntouched(workspace);
    },
  );
});

describe("a cancelled attempt", () => {
  it("does not wait for an agent that does not answer, and never starts", async () => {
    const workspace = makeWorkspace();
    const silent = createTcpServer();
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as AddressInfo).port));
    });
    const pool = new AgentPool({ isInsecure: true });
    onTestFinished(async () => {
      await pool.close();
      silent.close();
    });
    const target = { label: "silent", host: "127.0.0.1", port };
    const runner = createRemoteTaskRunner({ pool, workspaces: new Workspaces(), target });
    const cancel = new AbortController();
    silent.once("connection", () => cancel.abort(new Error("enough")));
    const result = await runScripted(runner, workspace, cancel.signal);
    expect(result).toEqual({ status: "cancelled", message: "cancelled before it started" });
  });

  it("ends although the agent never confirms it", async () => {
    const workspace = makeWorkspace();
    const cancel = new AbortController();
    async function* hangs(): AsyncGenerator<Frame> {
      yield* toStarted;
      await new Promise((resolve) => onTestFinished(() => resolve(undefined)));
    }
    const result = await runScripted(await startScriptedAgent(hangs), workspace, cancel.signal, (event) => {
      if (event.type === "started") cancel.abort(new Error("enough"));
    });
    expect(result.status).toBe("cancelled");
    expect(result.message).toContain("did not confirm");
    expectUntouched(workspace);
  });
});
