import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readArtifactIndex } from "./read-artifact-index.js";

const digest = "0".repeat(64);

function index(text: string) {
  const directory = mkdtempSync(join(tmpdir(), "sloth-index-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "index.json"), text);
  return readArtifactIndex(directory);
}

describe("the index of artifacts", () => {
  it("tells what an earlier run has saved", async () => {
    const entries = [
      ["build", { kind: "directory", mode: 0o755 }],
      ["build/a..b", { kind: "file", mode: 0o644, digest }],
      ["build/l", { kind: "symlink", target: "../x" }],
    ];
    expect([...(await index(JSON.stringify(entries)))]).toEqual(entries);
  });

  it.each<[string, unknown]>([
    ["../a", { kind: "file", mode: 0o644, digest }],
    ["a/../../b", { kind: "file", mode: 0o644, digest }],
    ["/etc/x", { kind: "file", mode: 0o644, digest }],
    ["a", { kind: "file", mode: 0o644, digest: "../../etc/passwd" }],
    ["a", { kind: "file", mode: 0o4755, digest }],
    ["a/l", { kind: "symlink", target: "../../x" }],
    ["l", { kind: "symlink", target: "/etc/passwd" }],
    ["p", { kind: "fifo" }],
  ])("is none where %j leads out of a working directory or is unknown: %j", async (path, entry) => {
    expect(await index(JSON.stringify([[path, entry]]))).toEqual(new Map());
  });

  it.each(["", "{}", "[[1]]"])("is none where it says %j", async (text) => {
    expect(await index(text)).toEqual(new Map());
  });
});
