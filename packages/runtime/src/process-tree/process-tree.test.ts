import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isRunning } from "../testing/processes.js";
import { createMark } from "./attempt-mark.js";
import { ProcessTree } from "./process-tree.js";

/** Starts a script as a leader in the tree, and waits until it has printed a line: pids. */
async function start(tree: ProcessTree, script: string): Promise<number[]> {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    env: tree.markEnvironment(process.env),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("sh cannot be started");
  tree.add(pid);
  child.once("exit", () => tree.leaderEnded(pid));
  const [line] = await once(child.stdout, "data");
  return [pid, ...String(line).trim().split(" ").map(Number)];
}

const newTree = () => new ProcessTree(createMark(undefined));

describe("ProcessTree", () => {
  it("has nothing to end when nothing was started", async () => {
    expect(await newTree().end(60_000)).toEqual([]);
  });

  it("ends a group that obeys without waiting for the grace period", async () => {
    const tree = newTree();
    const pids = await start(tree, "sleep 300 & echo $!; wait");
    const before = performance.now();
    expect(await tree.end(60_000)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(20_000);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("kills what ignores TERM", async () => {
    const tree = newTree();
    const pids = await start(tree, "trap '' TERM; sleep 300 & echo $!; sleep 300");
    expect(await tree.end(100)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("finds a process that has left the group by its mark", async () => {
    const tree = newTree();
    const pids = await start(tree, "setsid sh -c 'echo $$; exec sleep 300' &");
    expect(await tree.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("finds one that executes another program while it is looked for, when its environment reads as empty", async () => {
    for (let round = 0; round < 40; round++) {
      const tree = newTree();
      const pids = await start(tree, "setsid sh -c 'echo $$; exec sh -c \"exec sleep 300\"' &");
      expect(await tree.end(1_000)).toEqual([]);
      expect(pids.filter(isRunning)).toEqual([]);
    }
  });

  it("finds the processes of a runner inside of an attempt", async () => {
    const outer = newTree();
    const inner = new ProcessTree(outer.mark);
    await start(outer, "echo");
    const pids = await start(inner, "sleep 300 & echo $!; wait");
    expect(await outer.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("ends a part and leaves the rest, then the whole", async () => {
    const tree = newTree();
    const part = tree.part();
    const rest = await start(tree, "sleep 300 & echo $!; wait");
    const pids = await start(part, "setsid sleep 300 & echo $!; wait");
    expect(await part.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(rest.filter(isRunning)).toEqual(rest);
    await tree.end(1_000);
    expect(rest.filter(isRunning)).toEqual([]);
  });

  it("does not touch processes of others", async () => {
    const other = newTree();
    const pids = await start(other, "sleep 300 & echo $!; wait");
    const tree = newTree();
    await start(tree, "echo");
    await tree.end(1_000);
    expect(pids.filter(isRunning)).toEqual(pids);
    await other.end(1_000);
  });
});
